import type { ClientAuthentication } from '../authentication/client-authentication.ts'
import { clientSecret } from '../authentication/client-secret.ts'
import { clientSecretJwt } from '../authentication/client-secret-jwt.ts'
import { jwtFile } from '../authentication/jwt-file.ts'
import { privateKeyJwt } from '../authentication/private-key-jwt.ts'
import type { SecretOptions } from '../authentication/secret.ts'
import { tlsClientAuth } from '../authentication/tls-client-auth.ts'
import type { AuthReference, ClientAuthReference, TokenReference } from './service.ts'

/** Whether tokens come from something else than the issuer; then there is no client that proves itself. */
export function isTokenReference(auth: AuthReference): auth is TokenReference {
  return auth.method.startsWith('token_') || auth.method === 'github_actions'
}

/** The client authentication that a service file describes. Relative paths start at `baseDirectory`. */
export function clientAuthentication(
  reference: ClientAuthReference,
  options: SecretOptions = {},
): ClientAuthentication {
  switch (reference.method) {
    case 'client_secret_basic':
    case 'client_secret_post':
      return clientSecret({ ...options, ...reference.secret, method: reference.method })
    case 'client_secret_jwt': {
      const { secret, algorithm, audience } = reference
      return clientSecretJwt({ ...options, ...secret, algorithm, audience })
    }
    case 'private_key_jwt': {
      const { method: _, key, ...how } = reference
      return privateKeyJwt({ ...options, ...key, ...how })
    }
    case 'tls_client_auth': {
      const { certificate, key, passphrase } = reference
      return tlsClientAuth({ ...options, certificate, key, passphrase })
    }
    case 'jwt_file':
      return jwtFile({ file: reference.file, baseDirectory: options.baseDirectory })
  }
}
