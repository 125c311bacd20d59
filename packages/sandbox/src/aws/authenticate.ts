import type { AccessKeys, Caller } from './access-keys.ts'
import { QueryFault } from './query-fault.ts'
import {
  type Authorization,
  parseAmzDate,
  parseAuthorization,
  type SignedRequest,
  signatureHolds,
} from './signature-v4.ts'

const skew = 15 * 60 * 1000

/** What a signature must be of. */
export interface Authentication {
  readonly keys: AccessKeys
  readonly service: 'iam' | 'sts'
  readonly region: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Finds out who signed a request, and that nobody changed it since. @throws QueryFault with AWS's code. */
export function authenticate(request: SignedRequest, expected: Authentication): Caller {
  const authorization = authorizationOf(request)
  refuseWrongScope(authorization, expected)
  const key = expected.keys.find(authorization.accessKeyId)
  if (key === undefined) throw invalidToken()
  refuseWrongTime(request, expected.now)
  if (!signatureHolds(request, authorization, key.secretAccessKey)) throw mismatch(standardMismatch)
  if (request.headers['x-amz-security-token'] !== key.sessionToken) throw invalidToken()
  if (key.sessionToken !== undefined && !authorization.signedHeaders.includes('x-amz-security-token'))
    throw mismatch('X-Amz-Security-Token must be a signed header.')
  if (key.expiresAt !== undefined && key.expiresAt <= expected.now)
    throw new QueryFault('ExpiredToken', 'The security token included in the request is expired', 403)
  return key.caller
}

const standardMismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

function authorizationOf(request: SignedRequest): Authorization {
  const header = request.headers['authorization']
  if (header === undefined)
    throw new QueryFault('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
  const authorization = parseAuthorization(header)
  if (authorization === undefined)
    throw new QueryFault(
      'IncompleteSignature',
      'Authorization header requires Credential, SignedHeaders and Signature.',
    )
  return authorization
}

function refuseWrongScope({ service, region }: Authorization, expected: Authentication): void {
  if (service !== expected.service)
    throw mismatch(`Credential should be scoped to correct service: '${expected.service}'. `)
  if (expected.region !== undefined && region !== expected.region)
    throw mismatch(`Credential should be scoped to a valid region, not '${region}'. `)
}

function refuseWrongTime(request: SignedRequest, now: number): void {
  const value = request.headers['x-amz-date'] ?? ''
  const signed = parseAmzDate(value)
  if (signed === undefined) throw new QueryFault('IncompleteSignature', 'X-Amz-Date must be in ISO 8601 basic format.')
  if (now - signed > skew) throw mismatch(`Signature expired: ${value} is now earlier than ${amzDate(now - skew)}`)
  if (signed - now > skew)
    throw mismatch(`Signature not yet current: ${value} is still later than ${amzDate(now + skew)}`)
}

function amzDate(time: number): string {
  return `${new Date(time).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`
}

function invalidToken(): QueryFault {
  return new QueryFault('InvalidClientTokenId', 'The security token included in the request is invalid.', 403)
}

function mismatch(message: string): QueryFault {
  return new QueryFault('SignatureDoesNotMatch', message, 403)
}
