import { type TokenSource, tryReadJwt } from '@federate/core'
import { type ExchangeContext, exchangeForIdToken } from './exchange.ts'
import type { GcpRuntime } from './target.ts'
import { GcpCredentials } from './temporary-credentials.ts'

const usualLifetime = 3_600

/** An ID token of the target's service account as credentials, so that it is kept, printed and hidden as these are. @throws FederateError as `exchangeForIdToken`. */
export async function idToken(
  runtime: GcpRuntime,
  audience: string,
  source: TokenSource,
  context: ExchangeContext,
): Promise<GcpCredentials> {
  const token = await exchangeForIdToken(runtime, audience, source, context)
  const expiry = tryReadJwt(token)?.claims['exp']
  return new GcpCredentials({
    accessToken: token,
    expiresAt: new Date(typeof expiry === 'number' ? expiry * 1000 : context.now() + usualLifetime * 1000),
    identity: runtime.serviceAccount ?? runtime.provider,
    kind: 'id_token',
  })
}
