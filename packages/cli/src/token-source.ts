import {
  audienceParameters,
  type CallContext,
  clientAuthentication,
  clientCredentials,
  type ServiceFile,
  type TokenSource,
  tokenFile,
} from '@federate/core'
import { keycloak } from '@federate/keycloak'

/**
 * The source of a service's tokens, as its service file describes it.
 *
 * @param baseDirectory Where relative paths in the service file start.
 */
export function tokenSourceOf(file: ServiceFile, baseDirectory: string, context: CallContext): TokenSource {
  const { fetch, now, warn } = context
  if (file.auth.method === 'token_file') {
    return tokenFile({ file: file.auth.file, baseDirectory, now })
  }
  const auth = clientAuthentication(file.auth, { baseDirectory, environment: context.env, warn })
  const common = { issuer: file.issuer.url, clientId: file.clientId, auth, fetch, now, warn }
  if (file.issuer.kind === 'keycloak') return keycloak(common)
  return clientCredentials({ ...common, audience: audienceParameters(file.issuer.audienceAs ?? 'none') })
}
