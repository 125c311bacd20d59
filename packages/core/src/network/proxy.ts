import { FederateError } from '../errors.ts'
import { isLoopbackHost } from './hosts.ts'
import { isExempt } from './no-proxy.ts'

export interface ChosenProxy {
  /** `http:` or `https:`, without credentials. */
  readonly url: URL
  /** Value of `Proxy-Authorization`, if the proxy's URL has credentials. */
  readonly authorization?: string
  /** What names it, for messages: `HTTPS_PROXY`. */
  readonly setBy: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy for a request as the environment says: `HTTPS_PROXY` or `HTTP_PROXY` by the protocol of the URL, else
 * `ALL_PROXY`, but for what `NO_PROXY` names; lower-case names come first. As in Go and unlike curl, this machine itself is
 * never asked through a proxy, and `HTTP_PROXY` is not believed in a CGI program, where a client can set it
 * (httpoxy.org).
 *
 * @throws FederateError `PROXY_URL` (usage).
 */
export function proxyFromEnvironment(url: URL, environment: Environment): ChosenProxy | undefined {
  if (isLoopbackHost(url.hostname) || isExempt(url, environment['no_proxy'] ?? environment['NO_PROXY'] ?? '')) {
    return undefined
  }
  const own = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  for (const name of [own.toLowerCase(), own, 'all_proxy', 'ALL_PROXY']) {
    const value = environment[name]?.trim()
    const forged = name === 'HTTP_PROXY' && environment['REQUEST_METHOD'] !== undefined
    if (value !== undefined && value !== '' && !forged) return parseProxy(value, name)
  }
  return undefined
}

/** Reads a proxy's address; without a protocol it is http. */
export function parseProxy(text: string, setBy: string): ChosenProxy {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw notAProxy(setBy, url)
  }
  const authorization = basicAuthorization(url, setBy)
  return { url: new URL(url.origin), setBy, ...(authorization === undefined ? {} : { authorization }) }
}

function basicAuthorization({ username, password }: URL, setBy: string): string | undefined {
  if (username === '' && password === '') return undefined
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return `Basic ${Buffer.from(pair).toString('base64')}`
  } catch {
    throw notAProxy(setBy, null)
  }
}

/** The text itself is not shown: it may hold a password. */
function notAProxy(setBy: string, url: URL | null): FederateError {
  const found = url === null ? 'not a URL' : `a URL with ${url.protocol}//`
  return new FederateError({
    code: 'PROXY_URL',
    outcome: 'usage',
    problem: `The proxy in ${setBy} is ${found}, where http://host:port or https://host:port was expected, with user:password@ before the host if it wants them.`,
    next: `Correct ${setBy}; special characters in user and password are written in percent form (%40 for @).`,
  })
}
