import { FederateError, type ServiceWish } from '@federate/core'
import { userExists } from '../admin/realm.ts'
import type { RealmClient } from '../admin/representations.ts'
import { cloudScopes } from '../cloud-scopes.ts'
import { serviceAccountSubject } from '../service-account.ts'
import { lifetimeOf } from './desired-client.ts'
import type { RealmState } from './realm-state.ts'
import type { KeycloakRequest } from './request.ts'

/** Every role that a service wants must be one of an API of the file. */
export function refuseUnknownRoles({ services, apis }: KeycloakRequest): void {
  for (const service of services) {
    for (const [name, roles] of Object.entries(service.roles ?? {})) {
      const api = apis.find((one) => one.name === name)
      if (api === undefined)
        throw unknownRole(
          service,
          `the API ${name}`,
          apis.map((one) => one.name),
        )
      const unknown = roles.find((role) => !api.roles.includes(role))
      if (unknown !== undefined) throw unknownRole(service, `the role ${unknown} of the API ${name}`, api.roles)
    }
  }
}

function unknownRole({ name }: ServiceWish, what: string, known: readonly string[]): FederateError {
  return new FederateError({
    code: 'KEYCLOAK_ROLE_UNKNOWN',
    outcome: 'usage',
    problem: `The service ${name} wants ${what}, which federate.yaml does not have; it has: ${known.join(', ') || 'none'}.`,
    next: 'Correct the name, or add it below apis.',
  })
}

/** Since 25 the `sub` of a token comes from the scope `basic`. */
export async function refuseOldServer(state: RealmState, signal: AbortSignal): Promise<void> {
  const [scopes, version] = await Promise.all([state.scopes(signal), state.api.version(signal)])
  if (scopes.has('basic')) return
  throw new FederateError({
    code: 'KEYCLOAK_NO_BASIC_SCOPE',
    outcome: 'refused',
    problem: `The realm ${state.api.place.realm} has no client scope basic, without which tokens have no sub; the server is Keycloak ${version ?? 'of a version that this administrator may not see'}, and 25 is the first that has it.`,
    next: 'Update Keycloak to 26, or restore the scope basic with its mappers sub and auth_time.',
  })
}

/** A person who has a service account's user name would have the service's rights in the clouds. */
export async function refuseTakenUserNames(
  services: readonly ServiceWish[],
  state: RealmState,
  signal: AbortSignal,
): Promise<void> {
  const clients = await state.clients(signal)
  for (const { name, clientId } of services) {
    if (clients.get(clientId)?.flags.serviceAccountsEnabled === true) continue
    const user = serviceAccountSubject(clientId)
    if (!(await userExists(state.api, user, signal))) continue
    throw new FederateError({
      code: 'KEYCLOAK_USER_NAME_TAKEN',
      outcome: 'refused',
      problem: `A user of the realm ${state.api.place.realm} is called ${user}, which is to be the name of the service account of ${name}: in the clouds the two would be one.`,
      next: 'Find out who made that user, rename or delete it, or give the service another clientId.',
      details: { user, service: name },
    })
  }
}

/** Says which clients let people in and have the scope of a cloud: a person's user name would be a subject there. */
export function warnOfPeopleInClouds(
  clients: Iterable<RealmClient>,
  owned: ReadonlySet<string>,
  warn: (message: string) => void,
): void {
  const names = cloudScopes.map(({ name }) => name)
  for (const { clientId, flags, defaultScopes, optionalScopes } of clients) {
    const scope = names.find((name) => defaultScopes.includes(name) || optionalScopes.includes(name))
    const lets = flags.standardFlowEnabled || flags.implicitFlowEnabled || flags.directAccessGrantsEnabled
    if (scope === undefined || !lets || owned.has(clientId)) continue
    warn(
      `The client ${clientId} lets people log in and has the scope ${scope}: a person's user name becomes a subject in the cloud. Take the scope off that client.`,
    )
  }
}

/** Says which clients have to be made by hand. A service that is given its tokens needs none. */
export function warnOfOtherServices(services: readonly ServiceWish[], warn: (message: string) => void): void {
  for (const { name, clientId, auth } of services) {
    if (auth.method !== 'tls_client_auth' && auth.method !== 'jwt_file') continue
    warn(
      `The client ${clientId} of ${name} is not made here: for ${auth.method}, Keycloak must be told by hand whose certificate or assertion it is. Make it as docs/keycloak.md says.`,
    )
  }
}

/** Tokens end with the session that they belong to, whatever their own lifetime. */
export function warnOfCappedLifetimes(
  services: readonly ServiceWish[],
  maximum: number | undefined,
  warn: (message: string) => void,
): void {
  if (maximum === undefined) return
  for (const service of services.filter((one) => lifetimeOf(one) > maximum)) {
    warn(
      `The tokens of ${service.name} are to live ${lifetimeOf(service)} s, and the realm ends sessions after ${maximum} s (SSO Session Max), and the tokens with them.`,
    )
  }
}
