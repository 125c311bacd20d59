import {
  discoverForVerification,
  FederateError,
  type Fetch,
  jsonObject,
  type Seconds,
  sendRequest,
} from '@federate/core'
import { type KeySet, readKeySet } from './key-set.ts'

/** A JWK set of a dozen RSA keys with their certificates has about 50,000. */
const maximumBytes = 500_000

export interface KeyPlace {
  readonly issuer: string
  readonly jwksUri: string | undefined
}

export interface KeyRequest {
  readonly fetch: Fetch
  /** Seconds per request; there are three at most. */
  readonly timeout: Seconds
}

/**
 * Asks an issuer for its keys: its discovery document, which must be its own, says where they are.
 *
 * @throws FederateError those of `discoverForVerification`, `sendRequest` and `readKeySet`; `JWKS_ADDRESS_MISSING`,
 *   `JWKS_REFUSED`.
 */
export async function fetchKeys({ issuer, jwksUri }: KeyPlace, request: KeyRequest): Promise<KeySet> {
  const url = jwksUri ?? (await discoverForVerification(issuer, request)).jwksUri
  if (url === undefined) throw noAddress(issuer)
  const answer = await sendRequest({ ...request, method: 'GET', url, maximumBytes })
  if (answer.status !== 200) throw refused(answer.url, answer.status)
  return readKeySet(jsonObject(answer), answer.url)
}

function noAddress(issuer: string): FederateError {
  return new FederateError({
    code: 'JWKS_ADDRESS_MISSING',
    outcome: 'failed',
    problem: `The discovery document of ${issuer} names no jwks_uri, so nobody can verify its tokens.`,
    next: 'Give the address of its keys as jwksUri.',
  })
}

function refused(url: string, status: number): FederateError {
  return new FederateError({
    code: 'JWKS_REFUSED',
    outcome: 'unreachable',
    problem: `${url} answered with status ${status}, where the issuer’s keys were expected.`,
    next: 'Let the issuer publish its keys to everybody who verifies its tokens.',
    details: { url, status },
  })
}
