import type { AdminApi } from './api.ts'
import {
  fieldsOf,
  listOf,
  type RealmClient,
  type RealmRole,
  type RealmScope,
  readClient,
  readClientRoles,
  readRole,
  readScope,
} from './representations.ts'

const pageSize = 100

/** What the realm says of itself that matters here; undefined where the administrator may not see it. */
export interface RealmSettings {
  /** Seconds after which sessions end, and with them every access token. */
  readonly sessionMaximum: number | undefined
}

export async function realmSettings(api: AdminApi, signal: AbortSignal): Promise<RealmSettings> {
  const maximum = fieldsOf(await api.find('', signal))['ssoSessionMaxLifespan']
  return { sessionMaximum: typeof maximum === 'number' ? maximum : undefined }
}

export async function allScopes(api: AdminApi, signal: AbortSignal): Promise<RealmScope[]> {
  return listOf(await api.get('/client-scopes', signal), readScope)
}

/** Searching by attribute is refused by default, so all clients are listed, a page at a time. */
export async function allClients(api: AdminApi, signal: AbortSignal): Promise<RealmClient[]> {
  const clients: RealmClient[] = []
  for (;;) {
    const page = listOf(await api.get(`/clients?first=${clients.length}&max=${pageSize}`, signal), readClient)
    clients.push(...page)
    if (page.length < pageSize) return clients
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

/** The roles of clients that a scope lets into tokens, by client id. */
export async function scopeRoles(api: AdminApi, id: string, signal: AbortSignal) {
  return readClientRoles(await api.get(`/client-scopes/${id}/scope-mappings`, signal))
}

/** The id of the user that is a client's service account. */
export async function serviceAccountId(api: AdminApi, clientId: string, signal: AbortSignal): Promise<string> {
  const user = fieldsOf(await api.get(`/clients/${clientId}/service-account-user`, signal))
  return String(user['id'])
}

/** The roles of clients that a user has, by client id. */
export async function userRoles(api: AdminApi, userId: string, signal: AbortSignal) {
  return readClientRoles(await api.get(`/users/${userId}/role-mappings`, signal))
}

/** Whether anybody has this user name. */
export async function userExists(api: AdminApi, username: string, signal: AbortSignal): Promise<boolean> {
  const found = await api.get(`/users?exact=true&username=${encodeURIComponent(username)}`, signal)
  return listOf(found, fieldsOf).length > 0
}
