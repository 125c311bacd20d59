import {
  audienceParameters,
  type ClientCredentialsOptions,
  clientCredentials,
  type RevocableTokenSource,
} from '@federate/core'
import { scopeForAudience } from './cloud-scopes.ts'

export type KeycloakOptions = Omit<ClientCredentialsOptions, 'audience'>

const asScope = audienceParameters('scope')

/**
 * A service account's tokens from Keycloak, kept fresh.
 *
 * Keycloak is asked for an audience by a client scope: `sts.amazonaws.com` becomes `scope=federate-aws`, any other
 * audience the scope of its own name. Callers name the audience and never the scope.
 *
 * Options, defaults and errors are those of `clientCredentials`; `issuer` is the realm's URL, such as
 * `https://keycloak.example.com/realms/prod`.
 */
export function keycloak(options: KeycloakOptions): RevocableTokenSource {
  return clientCredentials({ ...options, audience: (audience) => asScope(scopeForAudience(audience)) })
}
