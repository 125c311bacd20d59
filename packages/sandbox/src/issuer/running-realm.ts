import { createHash } from 'node:crypto'
import { FederateError, type Now, type Seconds } from '@federate/core'
import type { Faults } from './faults.ts'
import type { RealmKeys } from './keys.ts'
import { basicScope, type ClientDefinition, type RealmDefinition } from './realm.ts'
import type { Sessions } from './sessions.ts'

/** A realm that is served: its definition, and what changes while it runs. */
export interface RunningRealm {
  readonly definition: RealmDefinition
  /** The issuer identifier. */
  readonly issuer: string
  /** The issuer's address where clients present certificates. */
  readonly secureIssuer?: string
  readonly tokenEndpoint: string
  readonly keys: RealmKeys
  readonly faults: Faults
  /** Those that refresh tokens stand for. */
  readonly sessions: Sessions
  /** Ids of client assertions that were used, with the second from which they may be forgotten. */
  readonly usedAssertions: Map<string, Seconds>
  /** The realm's clock in seconds since the epoch. */
  seconds(): Seconds
}

export function tokenEndpointOf(issuer: string): string {
  return `${issuer}/protocol/openid-connect/token`
}

export function clientOf(realm: RunningRealm, clientId: string): ClientDefinition | undefined {
  return realm.definition.clients.find((client) => client.clientId === clientId)
}

/** The service account's UUID; the same at every start, so that what was set up against one sandbox holds in the next. */
export function serviceAccountId(realm: RunningRealm, clientId: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([realm.issuer, clientId]))
    .digest('hex')
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 3) | 8).toString(16)
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-')
}

/** The realm's clock: the given one, moved by an offset that tests can set. */
export function realmClock(now: Now, offset: () => Seconds): () => Seconds {
  return () => Math.floor(now() / 1000) + offset()
}

/**
 * Refuses a realm that Keycloak would not hold.
 *
 * @throws FederateError `SANDBOX_REALM_INVALID` for a duplicate client id or scope, also by case alone, and for a client
 *   that names a scope or a trusted issuer which the realm does not have.
 */
export function checkRealm(realm: RealmDefinition): void {
  // User names are lower-cased, so clients that differ by case alone would share their service account.
  refuseDuplicates(
    realm,
    'client id',
    realm.clients.map((client) => client.clientId.toLowerCase()),
  )
  refuseDuplicates(
    realm,
    'scope',
    realm.scopes.map((scope) => scope.name),
  )
  checkTrustedIssuers(realm)
  const known = new Set([basicScope, ...realm.scopes.map((scope) => scope.name)])
  for (const client of realm.clients) {
    const missing = [...client.defaultScopes, ...client.optionalScopes].find((scope) => !known.has(scope))
    if (missing !== undefined) {
      throw invalid(
        realm.name,
        `client ${client.clientId} has the scope ${missing}, but the realm has only ${[...known].join(', ')}`,
      )
    }
  }
}

function checkTrustedIssuers({ name, clients, trustedIssuers = [] }: RealmDefinition): void {
  const names = trustedIssuers.map((trusted) => trusted.name)
  for (const { clientId, federated } of clients) {
    if (federated === undefined || names.includes(federated.trustedIssuer)) continue
    throw invalid(
      name,
      `client ${clientId} has the trusted issuer ${federated.trustedIssuer}, which the realm does not have`,
    )
  }
}

function refuseDuplicates(realm: RealmDefinition, what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw invalid(realm.name, `the ${what} "${twice}" is there twice`)
}

function invalid(realmName: string, reason: string): FederateError {
  return new FederateError({
    code: 'SANDBOX_REALM_INVALID',
    outcome: 'usage',
    problem: `The sandbox cannot serve the realm ${realmName}: ${reason}.`,
    next: 'Correct the clients and scopes of the realm.',
  })
}
