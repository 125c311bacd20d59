import { type CallContext, stringClaim, tryReadJwt } from '@federate/core'
import type { AzureCredentials } from './access-token-credentials.ts'
import type { AzureRuntime } from './target.ts'

/**
 * Who one is with an access token: the service principal that Entra wrote into it.
 *
 * Nobody is asked again: Azure has no call that every access token may make, whatever resource it is for.
 */
export async function identify(
  credentials: AzureCredentials,
  _runtime: AzureRuntime,
  _context: CallContext,
): Promise<string> {
  const claims = tryReadJwt(credentials.accessToken)?.claims ?? {}
  const principal = stringClaim(claims, 'oid')
  return principal === undefined ? credentials.identity : `${credentials.identity}, service principal ${principal}`
}
