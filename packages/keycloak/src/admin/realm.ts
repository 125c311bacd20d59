import type { AdminApi } from './api.ts'
import {
  fieldsOf,
  listOf,
  type RealmClient,
  type RealmRole,
  type RealmScope,
  readClient,
  readRole,
  readRoles,
  readScope,
} from './representations.ts'

const pageSize = 500

/** What the realm says of itself that matters here. */
export interface RealmSettings {
  /** Seconds after which sessions end, and with them every access token; undefined where it is not to be seen. */
  readonly sessionMaximum: number | undefined
  /** Seconds that tokens live whose client says nothing. */
  readonly lifetime: number
  /** The JWS algorithm of tokens whose client says nothing. */
  readonly algorithm: string
}

/** Where the administrator may not see the settings, Keycloak's own defaults are taken. */
export async function realmSettings(api: AdminApi, signal: AbortSignal): Promise<RealmSettings> {
  const fields = fieldsOf(await api.find('', signal))
  const seconds = (name: string) => (typeof fields[name] === 'number' ? fields[name] : undefined)
  const algorithm = fields['defaultSignatureAlgorithm']
  return {
    sessionMaximum: seconds('ssoSessionMaxLifespan'),
    lifetime: seconds('accessTokenLifespan') ?? 300,
    algorithm: typeof algorithm === 'string' && algorithm !== '' ? algorithm : 'RS256',
  }
}

export async function allScopes(api: AdminApi, signal: AbortSignal): Promise<RealmScope[]> {
  return listOf(await api.get('/client-scopes', signal), readScope)
}

/** Searching by attribute is refused by default, so all clients are listed. */
export async function allClients(api: AdminApi, signal: AbortSignal): Promise<RealmClient[]> {
  return allPages((page) => `/clients?${page}`, readClient, api, signal)
}

/** A list that Keycloak gives in pages; for a list of what does not exist, nothing. */
async function allPages<T>(
  path: (page: string) => string,
  read: (item: unknown) => T,
  api: AdminApi,
  signal: AbortSignal,
): Promise<T[]> {
  const items: T[] = []
  for (;;) {
    const page = listOf(await api.find(path(`first=${items.length}&max=${pageSize}`), signal), read)
    items.push(...page)
    if (page.length < pageSize) return items
  }
}

export async function clientByClientId(api: AdminApi, clientId: string, signal: AbortSignal) {
  const found = await api.get(`/clients?clientId=${encodeURIComponent(clientId)}`, signal)
  return listOf(found, readClient).find((client) => client.clientId === clientId)
}

export async function scopeById(api: AdminApi, id: string, signal: AbortSignal): Promise<RealmScope | undefined> {
  const found = await api.find(`/client-scopes/${id}`, signal)
  return found === undefined ? undefined : readScope(found)
}

export async function clientRoles(api: AdminApi, id: string, signal: AbortSignal): Promise<RealmRole[]> {
  return listOf(await api.get(`/clients/${id}/roles?briefRepresentation=false`, signal), readRole)
}

/** The names of the scopes that every new client gets, as default or as optional ones. */
export async function realmDefaultScopes(api: AdminApi, signal: AbortSignal): Promise<string[]> {
  const lists = ['/default-default-client-scopes', '/default-optional-client-scopes']
  const found = await Promise.all(lists.map((list) => api.get(list, signal)))
  return found.flatMap((list) => listOf(list, readScope).map(({ name }) => name))
}

export async function realmRoles(api: AdminApi, signal: AbortSignal): Promise<RealmRole[]> {
  return allPages((page) => `/roles?${page}`, readRole, api, signal)
}

/** The roles that a composite brings along; without `clientUuid` those of the realm. */
export async function roleComposites(api: AdminApi, id: string, signal: AbortSignal) {
  return listOf(await api.get(`/roles-by-id/${id}/composites`, signal), (value) => {
    const { clientRole, containerId } = fieldsOf(value)
    return { clientUuid: clientRole === true ? String(containerId) : undefined, role: readRole(value) }
  })
}

/** Who has a role, by user name: one question for all service accounts. */
export async function roleMembers(api: AdminApi, owner: string, role: string, signal: AbortSignal): Promise<string[]> {
  const place = `${owner}/roles/${encodeURIComponent(role)}/users`
  return allPages(
    (page) => `${place}?briefRepresentation=true&${page}`,
    (user) => String(fieldsOf(user)['username']),
    api,
    signal,
  )
}

/** The roles that a client itself lets into its tokens. */
export async function clientScopeRoles(api: AdminApi, id: string, signal: AbortSignal) {
  return readRoles(await api.get(`/clients/${id}/scope-mappings`, signal))
}

/** The roles that a scope lets into tokens. */
export async function scopeRoles(api: AdminApi, id: string, signal: AbortSignal) {
  return readRoles(await api.get(`/client-scopes/${id}/scope-mappings`, signal))
}

/** The id of the user that is a client's service account. */
export async function serviceAccountId(api: AdminApi, clientId: string, signal: AbortSignal): Promise<string> {
  const user = fieldsOf(await api.get(`/clients/${clientId}/service-account-user`, signal))
  return String(user['id'])
}

/** The roles that a user has. */
export async function userRoles(api: AdminApi, userId: string, signal: AbortSignal) {
  return readRoles(await api.get(`/users/${userId}/role-mappings`, signal))
}

/** Whether anybody has this user name. */
export async function userExists(api: AdminApi, username: string, signal: AbortSignal): Promise<boolean> {
  const found = await api.get(`/users?exact=true&username=${encodeURIComponent(username)}`, signal)
  return listOf(found, fieldsOf).length > 0
}
