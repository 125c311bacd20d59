import { makePlace, type Place } from '../cli/harness.ts'
import { type BorrowedKeycloak, borrowKeycloak } from './borrow.ts'
import { bootstrapAdmin } from './distribution.ts'

/** What lets the command administrate a Keycloak of the tests. */
const administrator = {
  FEDERATE_KEYCLOAK_USERNAME: bootstrapAdmin.username,
  FEDERATE_KEYCLOAK_PASSWORD: bootstrapAdmin.password,
}

export interface KeycloakPlace {
  readonly place: Place
  readonly keycloak: BorrowedKeycloak
  /** Runs `federate setup` as the administrator of Keycloak and the clouds. @throws Error when it fails. */
  readonly setup: (what: string) => Promise<void>
}

/** A real Keycloak with an empty realm, and the sandbox's clouds, which ask it for its keys. */
export async function keycloakPlace(yaml: string): Promise<KeycloakPlace> {
  const keycloak = await borrowKeycloak()
  await keycloak.admin.create('', { realm: 'acme', enabled: true, sslRequired: 'external' })
  const place = await makePlace(yaml, Number(new URL(keycloak.url).port))
  await place.startSandbox({ issuers: false })
  const setup = async (what: string) => {
    const { status, stdout, stderr } = await place.federate(`setup ${what} --yes`, { env: administrator })
    if (status !== 0) throw new Error(stderr + stdout)
  }
  return { place, keycloak, setup }
}
