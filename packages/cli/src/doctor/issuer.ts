import {
  type CallContext,
  clockAhead,
  clockSentence,
  discoverForVerification,
  FederateError,
  type Fetch,
  type HttpAnswer,
  isLoopbackHost,
  isPrivateHost,
  parseIssuerUrl,
  publicPaths,
  type ServiceFile,
  sendRequest,
  tryJsonObject,
} from '@federate/core'
import { Checks, type Finding, type Place } from './place.ts'

/** What was found of an issuer, and the text of the keys that it publishes. */
export interface ExaminedIssuer {
  readonly place: Place
  readonly keys: string | undefined
}

/** What clouds and APIs need of the issuer, as this host sees it. */
export async function examineIssuer(
  { issuer: { url }, targets }: ServiceFile,
  fetch: Fetch,
  { now, signal }: CallContext,
): Promise<ExaminedIssuer> {
  const checks = new Checks()
  const metadata = await checks.try(
    'discovery',
    () => discoverForVerification(parseIssuerUrl(url), { fetch, now, signal }),
    ({ issuer }) => `it says that it is ${issuer}`,
  )
  const answer = metadata && (await checks.try('keys', () => publishedKeys(metadata, fetch, signal), keysFound))
  if (metadata === undefined) checks.notReached('keys', 'The discovery document says where they are.')
  if (answer === undefined) checks.notReached('clock', 'The issuer tells its time in its answers.')
  else checks.add('clock', clock(answer, now))
  if (Object.keys(targets).length > 0 && isHidden(url)) checks.add('address', hidden(url, metadata?.jwksUri))
  return { place: { name: 'the issuer', about: url, checks: checks.all }, keys: answer?.body }
}

async function publishedKeys(
  { issuer, jwksUri }: { readonly issuer: string; readonly jwksUri?: string },
  fetch: Fetch,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  if (jwksUri === undefined) throw noKeys(issuer, 'its discovery document names no jwks_uri')
  const answer = await sendRequest({ fetch, method: 'GET', url: jwksUri, signal })
  if (answer.status !== 200) throw noKeys(issuer, `${answer.url} answers with status ${answer.status}`)
  if (keysIn(answer).length === 0) throw noKeys(issuer, `there is none at ${answer.url}`)
  return answer
}

/** The keys that sign, as far as they say so. */
function keysIn(answer: HttpAnswer): readonly object[] {
  const keys: unknown = tryJsonObject(answer)?.['keys']
  if (!Array.isArray(keys)) return []
  return keys.filter((key) => typeof key === 'object' && key !== null && (key.use ?? 'sig') === 'sig')
}

function keysFound(answer: HttpAnswer): string {
  const algorithms = keysIn(answer).map((key) => Reflect.get(key, 'alg') ?? Reflect.get(key, 'kty'))
  return `${algorithms.length} for signatures (${algorithms.map(String).join(', ')})`
}

function clock(answer: HttpAnswer, now: () => number): Finding | string {
  const ahead = clockAhead(answer, now)
  if (ahead === undefined)
    return { outcome: 'unknown', detail: 'The issuer does not tell its time.', next: 'Compare the clocks by hand.' }
  const sentence = clockSentence(ahead)
  if (sentence === undefined) return "as the issuer's"
  return { outcome: 'warning', detail: sentence, next: 'Have both hosts take their time from NTP.' }
}

/** A name that only this network knows; an issuer on this very host is one for trying out, with a sandbox that reaches it. */
function isHidden(url: string): boolean {
  return isPrivateHost(url) && !isLoopbackHost(new URL(url).hostname)
}

function hidden(url: string, jwksUri: string | undefined): Finding {
  return {
    outcome: 'warning',
    detail: `AWS and Azure cannot reach ${url} from the internet, and will refuse its tokens.`,
    next: `Make ${publicPaths(url, jwksUri).join(' and ')} public; to Google, setup uploads the keys instead.`,
  }
}

function noKeys(issuer: string, because: string): FederateError {
  return new FederateError({
    code: 'ISSUER_KEYS',
    outcome: 'unreachable',
    problem: `The issuer ${issuer} publishes no keys: ${because}.`,
    next: 'Without them nobody can verify its tokens: look at its keys, and at what stands between it and this host.',
    details: { issuer },
  })
}
