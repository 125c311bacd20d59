import type { IncomingMessage } from 'node:http'

/**
 * Why a request may not come in, if it may not.
 *
 * A page in a browser can send requests to loopback, and by a name of its own that it lets point here (DNS rebinding) it
 * can read the answers: so the Host must be a loopback address, and whatever browsers and proxies add is refused. SDKs
 * send none of it.
 */
export function strangeCaller({ headers, rawHeaders }: IncomingMessage): string | undefined {
  if (!isLoopback(headers.host ?? '')) return 'The request is not addressed to loopback.'
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) return 'Pages may not ask.'
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return 'Proxies may not ask.'
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length
  return hosts === 1 ? undefined : 'The request has several Host headers.'
}

function isLoopback(authority: string): boolean {
  return /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])(:\d{1,5})?$/i.test(authority)
}
