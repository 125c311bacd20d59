import { FederateError, type ServiceWish } from '@federate/core'
import { mapLimited } from '@federate/core/plan'
import { requestsAtOnce } from '../admin/api.ts'
import { userExists } from '../admin/realm.ts'
import { cloudScopes } from '../cloud-scopes.ts'
import { serviceAccountSubject } from '../service-account.ts'
import { letsPeopleIn } from './grants-for-people.ts'
import { scopeOwners } from './marks.ts'
import type { RealmState } from './realm-state.ts'

/** A person who has a service account's user name would have the service's rights in the clouds. */
export async function refuseTakenUserNames(
  services: readonly ServiceWish[],
  state: RealmState,
  signal: AbortSignal,
): Promise<void> {
  const clients = await state.clients(signal)
  const isMade = ({ clientId }: ServiceWish) => clients.get(clientId)?.flags.serviceAccountsEnabled === true
  const unmade = services.filter((service) => !isMade(service))
  const taken = await mapLimited(unmade, requestsAtOnce, async ({ name, clientId }) => {
    const user = serviceAccountSubject(clientId)
    return (await userExists(state.api, user, signal)) ? [{ user, name }] : []
  })
  const [first] = taken.flat()
  if (first === undefined) return
  throw new FederateError({
    code: 'KEYCLOAK_USER_NAME_TAKEN',
    outcome: 'refused',
    problem: `A user of the realm ${state.api.place.realm} is called ${first.user}, which is to be the name of the service account of ${first.name}: in the clouds the two would be one.`,
    next: 'Find out who made that user, rename or delete it, or give the service another clientId.',
    details: { user: first.user, service: first.name },
  })
}

/** The scopes that make a user name a subject: those of the clouds, and those of a target's own audience. */
async function cloudScopeNames(state: RealmState, signal: AbortSignal): Promise<string[]> {
  const own = [...(await state.scopes(signal)).values()].filter(({ attributes, mappers }) => {
    return scopeOwners(attributes).size > 0 && mappers.some(({ config }) => config['claim.name'] === 'sub')
  })
  return [...new Set([...cloudScopes, ...own].map(({ name }) => name))]
}

/** Says which clients let people in and have the scope of a cloud: a person's user name would be a subject there. */
export async function warnOfPeopleInClouds(
  state: RealmState,
  owned: ReadonlySet<string>,
  signal: AbortSignal,
  warn: (message: string) => void,
): Promise<void> {
  const names = await cloudScopeNames(state, signal)
  for (const client of (await state.clients(signal)).values()) {
    const { clientId, defaultScopes, optionalScopes } = client
    const scope = names.find((name) => defaultScopes.includes(name) || optionalScopes.includes(name))
    if (scope === undefined || owned.has(clientId) || !letsPeopleIn(client)) continue
    warn(
      `Danger: the client ${clientId} lets people log in and has the scope ${scope}: a person's user name becomes a subject in the cloud. Take the scope off that client.`,
    )
  }
}

/** Says that every client that is made from now on would get the scope of a cloud, also those for people. */
export async function warnOfDefaultCloudScopes(
  state: RealmState,
  signal: AbortSignal,
  warn: (message: string) => void,
): Promise<void> {
  const defaults = await state.defaultScopes(signal)
  for (const name of (await cloudScopeNames(state, signal)).filter((one) => defaults.includes(one))) {
    warn(
      `Danger: the scope ${name} is among the default client scopes of the realm ${state.api.place.realm}: every new client gets it, also those by which people log in, and their user names become subjects in the cloud. Take it off that list (Realm settings, Client scopes).`,
    )
  }
}
