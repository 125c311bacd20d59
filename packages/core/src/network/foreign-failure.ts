import type { FederateError } from '../errors.ts'
import { proxyUnreachable, unreachable } from './network-failure.ts'
import type { Peer } from './peer.ts'
import { proxyFromEnvironment } from './proxy.ts'

/**
 * What a failed request of a library with a transport of its own means: `<prefix>_UNREACHABLE`, or `PROXY_UNREACHABLE`
 * where the environment sends requests for this URL through a proxy (both unreachable). Such libraries do not tell the two
 * apart.
 */
export function foreignFailure(
  url: string,
  failure: unknown,
  { peer, env }: { readonly peer: Peer; readonly env: Readonly<Record<string, string | undefined>> },
): FederateError {
  const proxy = proxyFromEnvironment(new URL(url), env)
  return proxy === undefined ? unreachable(url, failure, { peer }) : proxyUnreachable(proxy.url, proxy.setBy, failure)
}
