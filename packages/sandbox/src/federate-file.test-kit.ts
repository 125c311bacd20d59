import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FederateFile, ServiceWish } from '@federate/core'
import { freePort } from './free-port.ts'

/** A parsed federate.yaml in a folder of its own. */
export interface TestFile {
  readonly folder: string
  readonly issuer: string
  file(...services: Partial<ServiceWish>[]): FederateFile
  remove(): Promise<void>
}

export async function makeTestFile(): Promise<TestFile> {
  const folder = await mkdtemp(join(tmpdir(), 'federate-sandbox-'))
  const issuer = `http://127.0.0.1:${await freePort(0, new Set())}/realms/acme`
  return {
    folder,
    issuer,
    file: (...services) => ({
      path: join(folder, 'federate.yaml'),
      owner: 'acme',
      issuers: { main: { url: issuer, kind: 'keycloak' } },
      services: services.map((service) => serviceWish(issuer, service)),
      apis: [{ name: 'orders', audience: 'api://orders', roles: [] }],
    }),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

function serviceWish(issuer: string, service: Partial<ServiceWish>): ServiceWish {
  const name = service.name ?? 'billing'
  return {
    name,
    issuerName: 'main',
    issuer: { url: issuer, kind: 'keycloak' },
    clientId: name,
    subject: `service-account-${name}`,
    auth: { method: 'client_secret_basic', secret: { file: `secrets/${name}` } },
    claims: {},
    targets: [],
    ...service,
  }
}

/** A target in AWS for the service of this name. */
export function awsTarget(service: string, account: string): ServiceWish['targets'][number] {
  return { service, name: 's3', cloud: 'aws', wish: { account, region: 'eu-central-1' } }
}
