import { dirname, join, resolve, sep } from 'node:path'
import {
  type AuthReference,
  FederateError,
  type FederateFile,
  type Issuer,
  isTokenReference,
  type ServiceWish,
  withMovedPaths,
} from '@federate/core'
import { hasCredentialPlace } from './credential-folder.ts'
import { freePort } from './free-port.ts'
import { issuerPlace } from './issuer-place.ts'

/** What takes the place of a federate.yaml's issuers and credentials, so that the sandbox can serve it. */
export interface StandIn {
  /** All issuers, by name. */
  readonly issuers: Readonly<Record<string, Issuer>>
  /** How services prove themselves, by the service's name: every path in it is relative, and leads downwards. */
  readonly auth: Readonly<Record<string, AuthReference>>
  /** What is another, in sentences for people. */
  readonly told: readonly string[]
}

/** Where the sandbox stands in for issuers, unless another program listens there. */
const preferredPort = 8180

/**
 * What the sandbox needs instead of what federate.yaml says, where that is meant for other machines: an issuer that is no
 * realm on loopback, or a credential with no place on this host. All credentials are the sandbox's own then, so that none
 * that counts elsewhere is read.
 *
 * @returns nothing when federate.yaml can be served as it is.
 */
export async function standIn(file: FederateFile): Promise<StandIn | undefined> {
  const elsewhere = Object.entries(file.issuers).filter(([, issuer]) => !isServable(issuer))
  const homeless = await servicesWithoutPlace(file)
  if (elsewhere.length === 0 && homeless.length === 0) return undefined
  const base = elsewhere.length === 0 ? '' : `http://127.0.0.1:${await freePort(preferredPort, portsOf(file))}`
  const replaced = new Map(elsewhere.map(([name]) => [name, `${base}/realms/${encodeURIComponent(name)}`]))
  const issuers = Object.entries(file.issuers).map(
    ([name, issuer]) => [name, issuerFor(issuer, replaced.get(name), asksForCertificates(file, name))] as const,
  )
  return {
    issuers: Object.fromEntries(issuers),
    auth: Object.fromEntries(file.services.map((service) => [service.name, authFor(service)])),
    told: [
      ...elsewhere.map(([name, { url }]) => `The issuer ${name} is at ${replaced.get(name)}, in place of ${url}.`),
      ...homeless.map((name) => `The credential of ${name} has no place on this host.`),
      "All services have credentials of the sandbox's own, beside that copy: real ones are not read.",
    ],
  }
}

function isServable({ url }: Issuer): boolean {
  try {
    issuerPlace(url)
    return true
  } catch (error) {
    if (error instanceof FederateError) return false
    throw error
  }
}

function portsOf({ issuers }: FederateFile): ReadonlySet<number> {
  return new Set(Object.values(issuers).flatMap((issuer) => (isServable(issuer) ? issuerPlace(issuer.url).port : [])))
}

async function servicesWithoutPlace({ services, path }: FederateFile): Promise<readonly string[]> {
  const home = dirname(path)
  const judged = services.map(async ({ name, auth }) => {
    const places = await Promise.all(pathsOf(auth).map((one) => hasCredentialPlace(resolve(home, one), home)))
    return places.every(Boolean) ? [] : [name]
  })
  return (await Promise.all(judged)).flat()
}

function pathsOf(auth: AuthReference): readonly string[] {
  const paths: string[] = []
  withMovedPaths(auth, (path) => {
    paths.push(path)
    return path
  })
  return paths
}

function asksForCertificates({ services }: FederateFile, issuer: string): boolean {
  return services.some(({ issuerName, auth }) => issuerName === issuer && auth.method === 'tls_client_auth')
}

/** Any issuer that is elsewhere becomes a realm: that is what the sandbox can play. Its authority is the sandbox's own. */
function issuerFor({ ca: _, ...issuer }: Issuer, url: string | undefined, certificates: boolean): Issuer {
  const authority = certificates ? { ca: 'authority.pem' } : {}
  if (url === undefined) return { ...issuer, ...authority }
  const { parameters } = issuer
  return { url, kind: 'keycloak', ...(parameters === undefined ? {} : { parameters }), ...authority }
}

/** What comes from another system that is not here is written to a file by the sandbox. */
function authFor({ name, auth }: ServiceWish): AuthReference {
  if (isTokenReference(auth)) return { method: 'token_file', file: join('tokens', name) }
  const moved = withMovedPaths(auth, below)
  if (moved.method !== 'private_key_jwt') return moved
  // Of a key's certificate only Entra has any use.
  const { certificate: _, ...withoutCertificate } = moved
  return withoutCertificate
}

/** The same path, downwards from wherever the file lies. */
function below(path: string): string {
  return join(sep, path.replace(/^[A-Za-z]:/, '')).slice(sep.length)
}
