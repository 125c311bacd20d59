import type { MappedSubject } from './mappers.ts'
import type { ProtocolMapper } from './protocol-mapper.ts'
import { unknownMapper } from './unknown-mapper.ts'

type ValueOf = (mapper: ProtocolMapper, subject: MappedSubject) => unknown

/** What each kind of mapper puts into the token of a service account; undefined: nothing. */
const kinds: Readonly<Record<string, ValueOf>> = {
  'oidc-hardcoded-claim-mapper': (mapper) => typedValue(mapper, mapper.config['claim.value'] ?? ''),
  'oidc-usermodel-property-mapper': (mapper, subject) => ofUser(mapper, userProperty(mapper, subject)),
  'oidc-usermodel-attribute-mapper': (mapper, subject) => ofUser(mapper, userAttribute(mapper, subject)),
  'oidc-usersessionmodel-note-mapper': (mapper, subject) => ofUser(mapper, sessionNote(mapper, subject)),
  'oidc-sub-mapper': (_mapper, subject) => subject.serviceAccountId,
  'oidc-acr-mapper': () => '1',
  'oidc-allowed-origins-mapper': () => undefined,
  'oidc-full-name-mapper': () => undefined,
  'oidc-address-mapper': () => undefined,
  'oidc-organization-membership-mapper': () => undefined,
}

/** The claim of mappers that choose its name themselves. */
const fixedClaims: Readonly<Record<string, string>> = { 'oidc-sub-mapper': 'sub', 'oidc-acr-mapper': 'acr' }

export function fixedClaim({ protocolMapper }: ProtocolMapper): string | undefined {
  return fixedClaims[protocolMapper]
}

/** The value that a mapper gives its claim; undefined where there is nothing to give. */
export function claimValue(mapper: ProtocolMapper, subject: MappedSubject): unknown {
  const value = Object.hasOwn(kinds, mapper.protocolMapper) ? kinds[mapper.protocolMapper] : undefined
  if (value === undefined) throw unknownMapper(mapper, `its kind is ${mapper.protocolMapper}`)
  return value(mapper, subject)
}

function ofUser(mapper: ProtocolMapper, text: string | undefined): unknown {
  return text === undefined ? undefined : typedValue(mapper, text)
}

/** A service account has no name, no address and no attributes, unless somebody gave it some. */
function userProperty(mapper: ProtocolMapper, subject: MappedSubject): string | undefined {
  switch (mapper.config['user.attribute']) {
    case 'username':
      return subject.serviceAccountUserName
    case 'id':
      return subject.serviceAccountId
    case 'emailVerified':
      return 'false'
    case 'email':
    case 'firstName':
    case 'lastName':
      return undefined
    default:
      throw unknownMapper(mapper, `it reads the user's ${mapper.config['user.attribute'] ?? '(nothing)'}`)
  }
}

function userAttribute(mapper: ProtocolMapper, subject: MappedSubject): string | undefined {
  return mapper.config['user.attribute'] === 'username' ? subject.serviceAccountUserName : undefined
}

/** What a session of client credentials notes: who asked, and from where. */
function sessionNote(mapper: ProtocolMapper, subject: MappedSubject): string | undefined {
  switch (mapper.config['user.session.note']) {
    case 'client_id':
    case 'clientId':
      return subject.clientId
    case 'clientHost':
    case 'clientAddress':
      return subject.address
    default:
      return undefined
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
