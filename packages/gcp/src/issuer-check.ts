import {
  discoverIssuer,
  type ExaminedToken,
  FederateError,
  type Fetch,
  isPrivateHost,
  sendRequest,
  stringClaim,
} from '@federate/core'
import { isLoopbackIssuer } from '@federate/core/rules'
import { describeKey, fits, parseJwks } from './rules/jwks.ts'
import type { Cause } from './sts-refusals.ts'

/** What can be looked at when Google says "Error connecting to the given credential's issuer". */
export interface IssuerCheck {
  readonly token: Pick<ExaminedToken, 'header' | 'claims'>
  /** The keys uploaded to the provider, where that is known. */
  readonly uploadedKeys?: string | undefined
  readonly fetch: Fetch
  readonly signal?: AbortSignal | undefined
}

/**
 * Looks which of the five things is behind "Error connecting to the given credential's issuer": an issuer that the
 * internet cannot reach, a discovery document that is none or of another issuer, keys that are none, a key that is not
 * among them, or one of the wrong kind.
 *
 * `undefined` where nothing is wrong from here: then Google saw older keys, or cannot reach what this machine reaches.
 */
export async function whyNotConnected(check: IssuerCheck): Promise<Cause | undefined> {
  if (check.uploadedKeys !== undefined)
    return inKeys(check.uploadedKeys, check, 'uploaded to the provider', uploadAgain)
  const issuer = stringClaim(check.token.claims, 'iss')
  if (issuer === undefined || !URL.canParse(issuer)) return undefined
  return (await inPublishedKeys(issuer, check)) ?? hidden(issuer)
}

async function inPublishedKeys(issuer: string, check: IssuerCheck): Promise<Cause | undefined> {
  try {
    const { jwksUri } = await discoverIssuer(issuer, check)
    if (jwksUri === undefined)
      return { because: `The discovery document of ${issuer} names no jwks_uri.`, next: correctDiscovery }
    const { status, body } = await sendRequest({ ...check, method: 'GET', url: jwksUri })
    if (status !== 200) return { because: `${jwksUri} answered with status ${status}.`, next: correctDiscovery }
    return inKeys(body, check, `at ${jwksUri}`, correctDiscovery)
  } catch (error) {
    if (!(error instanceof FederateError)) throw error
    return hidden(issuer) ?? { because: error.problem, next: error.next }
  }
}

/** An issuer that this host may reach and Google cannot; on loopback it is the sandbox that is asked. */
function hidden(issuer: string): Cause | undefined {
  if (!isPrivateHost(issuer) || isLoopbackIssuer(issuer)) return undefined
  return {
    because: `${issuer} is at a private address, which Google cannot reach.`,
    next: 'Upload the keys: `keys: uploaded` of the target in federate.yaml, then `federate setup gcp`, again after every rotation.',
    actual: issuer,
  }
}

const uploadAgain = 'Run `federate setup gcp`, which uploads the present keys of the issuer.'
const correctDiscovery = 'Make the discovery document and the keys that it names public, and wait five minutes.'

function inKeys(text: string, { token: { header } }: IssuerCheck, where: string, next: string): Cause | undefined {
  const keys = parseJwks(text)
  if (keys === undefined) return { because: `The keys ${where} are no JWKS.`, next }
  const expected = keys.map(describeKey).join(', ') || '(no key)'
  const named = keys.filter((key) => key['kid'] === header['kid'])
  const actual = `kid ${String(header['kid'] ?? '(none)')}, ${String(header['alg'] ?? '(none)')}`
  if (named.length === 0)
    return { because: `The keys ${where} lack the one that the token names.`, next, expected, actual }
  if (named.some((key) => fits(key, header['alg']))) return undefined
  return {
    because: `The key that the token names is of another kind than its algorithm.`,
    next: 'Have the issuer sign with RS256 and an RSA key, or ES256 and a P-256 key.',
    expected,
    actual,
  }
}
