import { resolve } from 'node:path'
import {
  type CallContext,
  discoverIssuer,
  FederateError,
  type Fetch,
  type Issuer,
  nodeFetch,
  sendRequest,
} from '@federate/core'
import { canonicalJson, type JsonValue } from '@federate/core/plan'
import { uploadableJwks } from '../rules/index.ts'

/**
 * The keys of an issuer as they are uploaded to a provider, from the administrator's side of the network: signing keys for
 * RS256 and ES256, with the fields that Google takes.
 *
 * @param directory where the relative path of the issuer's authority starts. Default: the current folder.
 * @throws FederateError `GCP_KEYS` when the issuer publishes nothing that Google would take, `GCP_KEYS_MISSING`, and those
 *   of `discoverIssuer` and `sendRequest`.
 */
export async function keysToUpload(
  issuer: Issuer,
  directory: string | undefined,
  context: CallContext,
): Promise<string> {
  const { now, signal } = context
  const fetch = fetchOf(issuer, directory, context)
  const { jwksUri } = await discoverIssuer(issuer.url, { fetch, now, signal })
  if (jwksUri === undefined) throw missing(issuer.url, 'its discovery document names no jwks_uri')
  const answer = await sendRequest({ fetch, method: 'GET', url: jwksUri, signal })
  if (answer.status !== 200) throw missing(issuer.url, `${jwksUri} answers with status ${answer.status}`)
  const result = uploadableJwks(answer.body)
  if ('problem' in result) throw notUploadable(issuer.url, result)
  return result.jwksJson
}

/** A private issuer often has a private authority. */
function fetchOf({ ca }: Issuer, directory = '.', { fetch, env }: CallContext): Fetch {
  return ca === undefined ? fetch : nodeFetch({ ca: { file: resolve(directory, ca) }, environment: env })
}

function missing(issuer: string, reason: string): FederateError {
  return new FederateError({
    code: 'GCP_KEYS_MISSING',
    outcome: 'unreachable',
    problem: `The keys of ${issuer}, which are to be uploaded to Google, cannot be had: ${reason}.`,
    next: 'Run the command where the issuer can be reached.',
  })
}

function notUploadable(issuer: string, { problem, next }: { problem: string; next: string }): FederateError {
  return new FederateError({
    code: 'GCP_KEYS',
    outcome: 'usage',
    problem: `The keys of ${issuer} cannot be uploaded to Google. ${problem}`,
    next,
  })
}

/** Whether two JWKS hold the same keys, in whatever order and writing. */
export function sameKeys(one: string | undefined, other: string | undefined): boolean {
  return canonicalJson(inOrder(one)) === canonicalJson(inOrder(other))
}

/** The key ids of a JWKS, as a plan shows it; the keys are public, but nobody could tell them apart. */
export function keyNames(jwks: string | undefined): JsonValue {
  if (jwks === undefined) return 'none: those that the issuer publishes'
  return keysOf(jwks)
    .map((key) => (typeof key === 'object' && key !== null && 'kid' in key ? String(key['kid']) : '(no kid)'))
    .sort()
}

function inOrder(jwks: string | undefined): JsonValue {
  return jwks === undefined
    ? null
    : keysOf(jwks)
        .map((key) => canonicalJson(key))
        .sort()
}

function keysOf(jwks: string): readonly JsonValue[] {
  try {
    const value: { readonly keys?: readonly JsonValue[] } | null = JSON.parse(jwks)
    return Array.isArray(value?.keys) ? value.keys : []
  } catch {
    return []
  }
}
