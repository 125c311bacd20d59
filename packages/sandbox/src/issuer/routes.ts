import type { Endpoint } from './faults.ts'

/** Where a path leads. Errors are told in Keycloak's words, which differ from place to place. */
export type Route =
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint; readonly realm: string }
  | { readonly kind: 'rotate keys'; readonly realm: string }
  | { readonly kind: 'nothing in realm'; readonly realm: string; readonly error: string }
  | { readonly kind: 'nothing' }

const endpoints: Readonly<Record<string, Endpoint>> = {
  '.well-known/openid-configuration': 'discovery',
  '.well-known/oauth-authorization-server': 'discovery',
  'protocol/openid-connect/certs': 'keys',
  'protocol/openid-connect/token': 'token',
  'protocol/openid-connect/revoke': 'revocation',
  'protocol/openid-connect/logout': 'logout',
}

/** Finds the route of a path below the base path. */
export function routeOf(path: string, basePath: string): Route {
  const below = path.startsWith(`${basePath}/`) ? path.slice(basePath.length + 1) : ''
  // Keycloak serves the RFC 8414 form of the address as well.
  const direct = /^\.well-known\/oauth-authorization-server\/realms\/([^/]+)$/.exec(below)?.[1]
  if (direct !== undefined) return { kind: 'endpoint', endpoint: 'discovery', realm: decoded(direct) }
  const [, encodedRealm, rest = ''] = /^realms\/([^/]+)(?:\/(.*?))?\/?$/.exec(below) ?? []
  if (encodedRealm === undefined) return { kind: 'nothing' }
  const realm = decoded(encodedRealm)
  if (rest === 'sandbox/rotate-keys') return { kind: 'rotate keys', realm }
  const endpoint = Object.hasOwn(endpoints, rest) ? endpoints[rest] : undefined
  if (endpoint !== undefined) return { kind: 'endpoint', endpoint, realm }
  const otherProtocol = /^protocol\/(?!openid-connect(\/|$))/.test(rest)
  return { kind: 'nothing in realm', realm, error: otherProtocol ? 'Protocol not found' : 'HTTP 404 Not Found' }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
