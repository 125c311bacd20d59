import { checkEnvironment } from '../authentication/secret-options.ts'
import { FederateError } from '../errors.ts'
import { unavailable } from '../issuer/issuer-unavailable.ts'
import type { Fetch, Now } from '../network/fetch.ts'
import { isLoopbackHost } from '../network/hosts.ts'
import { type HttpAnswer, jsonObject, sendRequest } from '../network/http.ts'
import { withRetries } from '../network/retry.ts'
import { nodeFetch } from '../network/transport.ts'
import { optionsOf } from '../options/option-place.ts'
import { type Sleep, sleep as systemSleep } from '../sleep.ts'
import { type KeepFreshOptions, keepFresh } from './freshness.ts'
import { givenToken, type TokenPlace } from './given-token.ts'
import { checkFreshness } from './source-options.ts'
import type { Token } from './token.ts'
import type { TokenRequest, TokenSource } from './token-source.ts'

export interface GithubActionsOptions {
  /** Default: the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /** Default: `nodeFetch()`. */
  readonly fetch?: Fetch
  /** Default: `Date.now`. */
  readonly now?: Now
  /** Default: by timers. */
  readonly sleep?: Sleep
  /** From 0 to 1, for jitter. Default: `Math.random`. */
  readonly random?: () => number
  /** How tokens are kept; see `keepFresh`. */
  readonly freshness?: Omit<KeepFreshOptions, 'now' | 'random'>
}

const place: TokenPlace = {
  code: 'GITHUB_TOKEN',
  holder: "The answer of GitHub's token service",
  token: 'The token from GitHub',
  writer: "GitHub's token service",
  fixed: 'GitHub decides what its tokens hold',
}

/**
 * The OIDC tokens of a GitHub Actions job, kept fresh. The audience is asked for as the caller names it; without one GitHub
 * puts the owner's URL there (docs.github.com, "OpenID Connect reference").
 *
 * @throws FederateError (usage) at once `OPTION`, `OPTION_UNKNOWN`. `getToken` throws `GITHUB_TOKEN_NOT_OFFERED` (usage), `GITHUB_TOKEN_REFUSED` (refused), `ISSUER_UNAVAILABLE`
 * and what `sendRequest` throws (unreachable), `GITHUB_TOKEN_EMPTY`, `GITHUB_TOKEN_NOT_A_JWT`, `GITHUB_TOKEN_NO_EXPIRY`,
 * `GITHUB_TOKEN_EXPIRED`, `TOKEN_AUDIENCE`, `TOKEN_SCOPE`.
 */
export function githubActions(options: GithubActionsOptions = {}): TokenSource {
  checkOptions(options)
  const { fetch = nodeFetch(), now = Date.now, sleep = systemSleep, random = Math.random } = options
  const source: TokenSource = {
    getToken: async (request = {}) => {
      const { signal } = request
      const service = tokenService(options.environment ?? process.env)
      const ask = () => requestToken(service, request, fetch, now)
      return withRetries(ask, { sleep, random, now, signal })
    },
  }
  return keepFresh(source, { ...options.freshness, now, random })
}

const callbacks = ['fetch', 'now', 'sleep', 'random']

function checkOptions(options: GithubActionsOptions): void {
  const place = optionsOf('githubActions')
  const { environment, freshness } = place.object(options, ['environment', 'freshness', ...callbacks])
  place.functions(options, callbacks)
  if (environment !== undefined) checkEnvironment(environment, place.at('environment'))
  checkFreshness(freshness, place.at('freshness'))
}

interface TokenService {
  readonly url: URL
  readonly bearer: string
}

/** The two variables that a job gets with `permissions: id-token: write`. */
function tokenService(environment: Readonly<Record<string, string | undefined>>): TokenService {
  const address = environment['ACTIONS_ID_TOKEN_REQUEST_URL']
  const bearer = environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']
  const url = address === undefined ? null : URL.parse(address)
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname))
  if (url !== null && safe && bearer !== undefined && bearer !== '') return { url, bearer }
  const where =
    environment['GITHUB_ACTIONS'] === 'true'
      ? 'This job of GitHub Actions'
      : 'This process, which is no job of GitHub Actions,'
  throw new FederateError({
    code: 'GITHUB_TOKEN_NOT_OFFERED',
    outcome: 'usage',
    problem: `${where} is not offered OIDC tokens: ACTIONS_ID_TOKEN_REQUEST_URL (https) and ACTIONS_ID_TOKEN_REQUEST_TOKEN must both be set.`,
    next: 'Give the job "permissions: { id-token: write, contents: read }"; workflows of pull requests from forks do not get it.',
  })
}

async function requestToken(service: TokenService, request: TokenRequest, fetch: Fetch, now: Now): Promise<Token> {
  const url = new URL(service.url)
  if (request.audience !== undefined) url.searchParams.set('audience', request.audience)
  const headers = { authorization: `Bearer ${service.bearer}` }
  const answer = await sendRequest({
    fetch,
    method: 'GET',
    url: url.href,
    headers,
    secrets: [service.bearer],
    signal: request.signal,
  })
  if (answer.status === 429 || answer.status >= 500) throw unavailable(answer, now)
  if (answer.status !== 200) throw refused(answer)
  const { value } = jsonObject(answer)
  return givenToken(place, typeof value === 'string' ? value : '', request, now)
}

function refused({ status }: HttpAnswer): FederateError {
  return new FederateError({
    code: 'GITHUB_TOKEN_REFUSED',
    outcome: 'refused',
    problem: `GitHub's token service answered with status ${status}, where 200 was expected.`,
    next: 'Check that the job still runs: what it asks with ends with the job.',
    details: { status },
  })
}
