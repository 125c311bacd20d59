import { resolve } from 'node:path'
import {
  audienceParameters,
  type CallContext,
  clientAuthentication,
  clientCredentials,
  givenTokens,
  isTokenReference,
  nodeFetch,
  type ServiceFile,
  type TokenSource,
} from '@federate/core'
import { keycloak } from '@federate/keycloak'

/**
 * The source of a service's tokens, as its service file describes it.
 *
 * @param baseDirectory Where relative paths in the service file start.
 */
export function tokenSourceOf(file: ServiceFile, baseDirectory: string, context: CallContext): TokenSource {
  if (isTokenReference(file.auth)) return givenTokens(file.auth, baseDirectory, context)
  const { now, warn } = context
  const { url: issuer, kind, audienceAs = 'none', parameters = {}, ca } = file.issuer
  const auth = clientAuthentication(file.auth, { baseDirectory, environment: context.env, warn })
  const fetch =
    ca === undefined ? context.fetch : nodeFetch({ ca: { file: resolve(baseDirectory, ca) }, environment: context.env })
  const common = { issuer, clientId: file.clientId, auth, parameters, fetch, now, warn }
  return kind === 'keycloak'
    ? keycloak(common)
    : clientCredentials({ ...common, audience: audienceParameters(audienceAs) })
}
