import { basicScope } from './realm.ts'
import type { RunningRealm } from './running-realm.ts'

const usualMethods = ['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt']
const assertionAlgorithms = [
  ...['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
  ...['HS256', 'HS384', 'HS512'],
]

/**
 * The discovery document (OpenID Connect Discovery 1.0 section 3, RFC 8414). Keycloak's has more members: here stands
 * only what the sandbox serves.
 */
export function discoveryDocument(realm: RunningRealm): Record<string, unknown> {
  const { secureIssuer } = realm
  const authenticationMethods = secureIssuer === undefined ? usualMethods : [...usualMethods, 'tls_client_auth']
  return {
    issuer: realm.issuer,
    ...endpointsAt(realm.issuer),
    ...(secureIssuer === undefined ? {} : { mtls_endpoint_aliases: endpointsAt(secureIssuer) }),
    jwks_uri: `${realm.issuer}/protocol/openid-connect/certs`,
    grant_types_supported: ['client_credentials', 'refresh_token'],
    response_types_supported: ['none'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: authenticationMethods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    revocation_endpoint_auth_methods_supported: authenticationMethods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    claims_supported: ['iss', 'sub', 'aud', 'exp', 'iat', 'azp'],
    scopes_supported: [basicScope, ...realm.definition.scopes.map((scope) => scope.name)],
  }
}

/** Where clients prove themselves. */
function endpointsAt(address: string): Record<string, string> {
  return {
    token_endpoint: `${address}/protocol/openid-connect/token`,
    revocation_endpoint: `${address}/protocol/openid-connect/revoke`,
    end_session_endpoint: `${address}/protocol/openid-connect/logout`,
  }
}
