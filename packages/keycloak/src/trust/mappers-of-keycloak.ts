import type { RealmMapper } from '../admin/representations.ts'

/** The scope by which newer servers tell APIs who asked, and from where. */
const successor = 'service_account'

const notes = [
  ['Client ID', 'client_id'],
  ['Client Host', 'clientHost'],
  ['Client IP Address', 'clientAddress'],
] as const

/** What Keycloak 26.0 puts on every new client with a service account itself; newer ones have a scope for it. */
export function mappersOfKeycloak(scopes: ReadonlyMap<string, unknown>): readonly RealmMapper[] {
  if (scopes.has(successor)) return []
  return notes.map(([name, note]) => ({
    id: '',
    name,
    protocolMapper: 'oidc-usersessionmodel-note-mapper',
    config: {
      'user.session.note': note,
      'claim.name': note,
      'jsonType.label': 'String',
      'access.token.claim': 'true',
      'id.token.claim': 'true',
      'introspection.token.claim': 'true',
    },
  }))
}

/** Whether a mapper is one of these. */
export function isOfKeycloak({ name, protocolMapper }: RealmMapper): boolean {
  return protocolMapper === 'oidc-usersessionmodel-note-mapper' && notes.some(([known]) => known === name)
}
