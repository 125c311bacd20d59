import {
  type DecodedJwt,
  discoverIssuer,
  FederateError,
  type Fetch,
  isPrivateHost,
  sendRequest,
  stringClaim,
  type Token,
} from '@federate/core'
import { isLoopbackIssuer } from '@federate/core/rules'
import type { Cause } from './exchange-causes.ts'
import { algorithms, describeKey, fits, parseJwks } from './rules/jwks.ts'

/** What the outside gives for a look at the issuer. */
export interface IssuerCheck {
  readonly fetch: Fetch
  readonly signal?: AbortSignal | undefined
}

/**
 * A refusal of STS with what is behind it where that can be found out: Google says "Error connecting to the given
 * credential's issuer" (`GCP_ISSUER_KEYS`) of several things.
 */
export async function toldApart(error: FederateError, token: Token, check: IssuerCheck): Promise<FederateError> {
  const { header = {}, claims = {} } = token
  // What the token's own header says needs no look.
  if (!algorithms.some((one) => one === header['alg']) || typeof header['kid'] !== 'string') return error
  const cause = await whyNotConnected({ header, claims }, check)
  if (cause === undefined) return error
  const { because, next, expected, actual } = cause
  const [asked = error.problem] = /^.*?credential's issuer\./.exec(error.problem) ?? []
  return new FederateError({
    code: error.code,
    outcome: error.outcome,
    problem: `${asked} Looked at from here: ${because}`,
    next,
    // What was found does not pass by itself.
    details: { ...error.details, expected, actual, propagating: false },
    secrets: [token.reveal()],
  })
}

/**
 * Looks what is behind "Error connecting to the given credential's issuer": an issuer that the internet cannot reach, a
 * discovery document that is none or of another issuer, keys that are none, a key that is not among them, or one of
 * another kind.
 *
 * `undefined` where nothing is wrong from here: then uploaded keys are old, or Google cannot reach what this host reaches.
 */
export async function whyNotConnected(token: DecodedJwt, check: IssuerCheck): Promise<Cause | undefined> {
  const issuer = stringClaim(token.claims, 'iss')
  if (issuer === undefined || !URL.canParse(issuer)) return undefined
  return (await inPublishedKeys(issuer, token, check)) ?? hidden(issuer)
}

async function inPublishedKeys(issuer: string, token: DecodedJwt, check: IssuerCheck): Promise<Cause | undefined> {
  try {
    const { jwksUri } = await discoverIssuer(issuer, check)
    if (jwksUri === undefined) return broken(`The discovery document of ${issuer} names no jwks_uri.`)
    const { status, body } = await sendRequest({ ...check, method: 'GET', url: jwksUri })
    return status === 200 ? inKeys(body, jwksUri, token) : broken(`${jwksUri} answered with status ${status}.`)
  } catch (error) {
    if (!(error instanceof FederateError)) throw error
    return hidden(issuer) ?? { because: error.problem, next: error.next }
  }
}

/** An issuer that this host may reach and Google cannot. */
function hidden(issuer: string): Cause | undefined {
  if (!isPrivateHost(issuer) || isLoopbackIssuer(issuer)) return undefined
  return {
    because: `${issuer} is at a private address, which Google cannot reach.`,
    next: 'Run `federate setup gcp` with `keys: uploaded`, which gives Google a copy of the keys, again after every rotation.',
    actual: issuer,
  }
}

function broken(because: string): Cause {
  return { because, next: 'Make the discovery document and the keys that it names public, and wait five minutes.' }
}

function inKeys(text: string, url: string, { header }: DecodedJwt): Cause | undefined {
  const keys = parseJwks(text)
  if (keys === undefined) return broken(`What ${url} answers is no JWKS.`)
  const expected = keys.map(describeKey).join(', ') || 'no key'
  const actual = `kid ${String(header['kid'] ?? 'missing')}, ${String(header['alg'] ?? 'no alg')}`
  const named = keys.filter((key) => key['kid'] === header['kid'])
  if (named.length === 0)
    return {
      because: `The issuer does not publish the key that the token names (${url}).`,
      next: 'Get a new token; if it stays, something else than the issuer signed it.',
      expected,
      actual,
    }
  if (named.some((key) => fits(key, header['alg']))) return undefined
  return {
    because: `The key that the token names is of another kind than its algorithm (${url}).`,
    next: 'Have the issuer sign with RS256 and an RSA key, or ES256 and a P-256 key.',
    expected,
    actual,
  }
}
