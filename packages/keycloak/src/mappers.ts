import { FederateError } from '@federate/core'
import type { ProtocolMapper } from './protocol-mapper.ts'

/** The client and the user that a token is made for. */
export interface MappedSubject {
  readonly clientId: string
  /** `service-account-<client id>`, lower case. */
  readonly serviceAccountUserName: string
  /** The service account's UUID. */
  readonly serviceAccountId: string
}

/** Claims that no mapper can change (Keycloak's OIDCAttributeMapperHelper). */
const protectedClaims = new Set(['jti', 'typ', 'iat', 'exp', 'iss', 'scope', 'nonce', 'session_state', 'sid'])

/**
 * What Keycloak's protocol mappers put over the claims of an access token.
 *
 * Knows the three kinds that federate uses: audience, hardcoded claim, user property.
 *
 * @throws FederateError `KEYCLOAK_MAPPER_UNKNOWN` for another kind, or for a value that is not of the mapper's type.
 */
export function mappedClaims(mappers: readonly ProtocolMapper[], subject: MappedSubject): Record<string, unknown> {
  const claims: Record<string, unknown> = {}
  const audiences = new Set<string>()
  for (const mapper of mappers) {
    if (mapper.config['access.token.claim'] !== 'true') continue
    if (mapper.protocolMapper === 'oidc-audience-mapper') {
      audiences.add(audienceOf(mapper))
    } else {
      setClaim(claims, mapper, claimValue(mapper, subject))
    }
  }
  const [first, ...others] = audiences
  if (first !== undefined) claims['aud'] = others.length === 0 ? first : [first, ...others]
  return claims
}

function audienceOf(mapper: ProtocolMapper): string {
  const audience = mapper.config['included.client.audience'] ?? mapper.config['included.custom.audience']
  if (audience === undefined) throw unknownMapper(mapper, 'it names no audience')
  return audience
}

function claimValue(mapper: ProtocolMapper, subject: MappedSubject): unknown {
  switch (mapper.protocolMapper) {
    case 'oidc-hardcoded-claim-mapper':
      return typedValue(mapper, mapper.config['claim.value'] ?? '')
    case 'oidc-usermodel-property-mapper':
      return typedValue(mapper, userProperty(mapper, subject))
    default:
      throw unknownMapper(mapper, `its kind is ${mapper.protocolMapper}`)
  }
}

function userProperty(mapper: ProtocolMapper, subject: MappedSubject): string {
  switch (mapper.config['user.attribute']) {
    case 'username':
      return subject.serviceAccountUserName
    case 'id':
      return subject.serviceAccountId
    default:
      throw unknownMapper(mapper, `it reads the user's ${mapper.config['user.attribute'] ?? '(nothing)'}`)
  }
}

function typedValue(mapper: ProtocolMapper, text: string): unknown {
  switch (mapper.config['jsonType.label'] ?? 'String') {
    case 'String':
      return text
    case 'boolean':
      return text.toLowerCase() === 'true'
    case 'long':
    case 'int':
      if (!/^[+-]?\d+$/.test(text)) throw unknownMapper(mapper, 'its value is not a whole number')
      return Number(text)
    case 'JSON':
      return jsonValue(mapper, text)
    default:
      throw unknownMapper(mapper, `its type is ${mapper.config['jsonType.label']}`)
  }
}

function jsonValue(mapper: ProtocolMapper, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unknownMapper(mapper, 'its value is not JSON')
  }
}

function setClaim(claims: Record<string, unknown>, mapper: ProtocolMapper, value: unknown): void {
  const path = claimPath(mapper.config['claim.name'] ?? '')
  const last = path.at(-1)
  if (last === undefined) throw unknownMapper(mapper, 'it names no claim')
  if (path[0] === 'aud') throw unknownMapper(mapper, 'it sets the audience by another way than an audience mapper')
  if (path.length === 1 && protectedClaims.has(last)) return
  let place = claims
  for (const part of path.slice(0, -1)) {
    const inner = ownObject(place, part)
    define(place, part, inner)
    place = inner
  }
  define(place, last, value)
}

function ownObject(place: Record<string, unknown>, name: string): Record<string, unknown> {
  const found = Object.hasOwn(place, name) ? place[name] : undefined
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : {}
}

/** As an own property, whatever its name: `__proto__` is a claim name like any other. */
function define(place: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(place, name, { value, enumerable: true, configurable: true, writable: true })
}

/** Splits a claim's name at its dots; a backslash keeps the next character as it is. */
function claimPath(name: string): string[] {
  const parts = name.match(/(?:\\.|[^\\.])+/g) ?? []
  return parts.map((part) => part.replace(/\\(.)/g, '$1'))
}

function unknownMapper(mapper: ProtocolMapper, reason: string): FederateError {
  return new FederateError({
    code: 'KEYCLOAK_MAPPER_UNKNOWN',
    outcome: 'failed',
    problem: `What the mapper ${mapper.name} does to a token is not known: ${reason}.`,
    next: 'Use an audience, hardcoded claim or user property (username, id) mapper.',
  })
}
