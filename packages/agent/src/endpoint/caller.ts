import type { SeenHeaders } from './headers.ts'

/**
 * Why a request may not come in, if it may not.
 *
 * A page in a browser can send requests to loopback, and by a name of its own that it lets point here (DNS rebinding) it
 * can read the answers: so the Host must be a loopback address, or a name that was given, and whatever browsers and proxies add is refused. SDKs
 * send none of it.
 *
 * @param names By which names or addresses the endpoint may be called besides, in small letters, without a port.
 */
export function strangeCaller(
  { host, hosts, ofPage, ofProxy }: SeenHeaders,
  names: ReadonlySet<string>,
): string | undefined {
  if (!isLoopback(host) && !names.has(withoutPort(host))) return 'The request is not addressed to loopback.'
  if (ofPage) return 'Pages may not ask.'
  if (ofProxy) return 'Proxies may not ask.'
  return hosts === 1 ? undefined : 'The request has several Host headers.'
}

function withoutPort(authority: string): string {
  return authority.replace(/:\d{1,5}$/, '').toLowerCase()
}

function isLoopback(authority: string): boolean {
  return /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])(:\d{1,5})?$/i.test(authority)
}
