import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ran, runFederate } from '../cli/harness.ts'
import type { BorrowedKeycloak } from '../keycloak/borrow.ts'
import { bootstrapAdmin } from '../keycloak/distribution.ts'
import { quickRealm } from '../keycloak/quick-realm.ts'

/** A realm of a real Keycloak with two APIs, made by `federate setup`, and the administrator who issues keys. */
export interface KeysPlace {
  readonly keycloak: BorrowedKeycloak
  readonly issuer: string
  readonly folder: string
  /** Runs the built command as the administrator. */
  federate(line: string, env?: Readonly<Record<string, string | undefined>>): Promise<Ran>
  read(name: string): Promise<string>
  write(name: string, text: string): Promise<void>
  close(): Promise<void>
}

const realm = 'acme'

/**
 * @param keycloak the place's own from here on:  gives it up, too
 * @param yaml the federate.yaml; its issuer becomes that of the realm
 */
export async function startKeysPlace(keycloak: BorrowedKeycloak, yaml: string = twoApis): Promise<KeysPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'federate-keys-'))
  const issuer = keycloak.issuer(realm)
  const admin = {
    FEDERATE_KEYCLOAK_USERNAME: bootstrapAdmin.username,
    FEDERATE_KEYCLOAK_PASSWORD: bootstrapAdmin.password,
  }
  const place: KeysPlace = {
    ...{ keycloak, issuer, folder },
    federate: (line, env = {}) =>
      runFederate(
        line.split(' ').filter((word) => word !== ''),
        folder,
        { env: { ...admin, ...env } },
      ),
    read: (name) => readFile(join(folder, name), 'utf8'),
    write: (name, text) => writeFile(join(folder, name), text),
    close: async () => {
      await keycloak.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  try {
    await keycloak.admin.create('', quickRealm(realm))
    await place.write('federate.yaml', yaml.replace(/https:\/\/keycloak\.example\.com\/realms\/acme/, issuer))
    const setup = await place.federate('setup keycloak --yes --no-verify')
    if (setup.status !== 0) throw new Error(`setup ended with ${setup.status}: ${setup.stdout}${setup.stderr}`)
  } catch (error) {
    await place.close()
    throw error
  }
  return place
}

const twoApis = `version: 1
owner: acme-platform
issuers:
  main: { url: https://keycloak.example.com/realms/acme, kind: keycloak }
services:
  billing:
    auth: { method: client_secret_basic, secret: { file: secrets/billing } }
    roles: { orders: [writer] }
apis:
  orders: { audience: api://orders, roles: [reader, writer] }
  invoices: { audience: api://invoices, roles: [] }
`
