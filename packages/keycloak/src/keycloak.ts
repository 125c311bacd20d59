import {
  audienceParameters,
  type ClientCredentialsOptions,
  checkClientOptions,
  clientCredentials,
  clientOptionNames,
  optionsOf,
  type RevocableTokenSource,
} from '@federate/core'
import { scopeForAudience } from './cloud-scopes.ts'

export type KeycloakOptions = Omit<ClientCredentialsOptions, 'audience' | 'tokenEndpoint'>

const names = clientOptionNames.filter((name) => name !== 'audience' && name !== 'tokenEndpoint')
const asScope = audienceParameters('scope')

/**
 * A service account's tokens from Keycloak, kept fresh.
 *
 * Keycloak is asked for an audience by a client scope: `sts.amazonaws.com` becomes `scope=federate-aws`, any other
 * audience the scope of its own name. Callers name the audience and never the scope.
 *
 * Where a realm gives tokens is known, so its discovery document is read only to explain a refusal, and for clients that
 * prove themselves by a certificate: Keycloak may want those at another address.
 *
 * Options, defaults and errors are those of `clientCredentials`; `issuer` is the realm's URL, such as
 * `https://keycloak.example.com/realms/prod`.
 */
export function keycloak(options: KeycloakOptions): RevocableTokenSource {
  const { issuer, auth } = checkClientOptions(options, names, optionsOf('keycloak'))
  const known = auth.method === 'tls_client_auth' ? {} : { tokenEndpoint: `${issuer}/protocol/openid-connect/token` }
  return clientCredentials({ ...options, ...known, audience: (audience) => asScope(scopeForAudience(audience)) })
}
