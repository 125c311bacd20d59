import type { ClientAuthentication } from './client-authentication.ts'
import { clientSecret } from './client-secret.ts'
import { privateKeyJwt } from './private-key-jwt.ts'
import type { SecretOptions } from './secret.ts'
import type { AuthReference } from './service.ts'

/** The ways by which a client proves itself; with a token file there is nothing to prove. */
export type ClientAuthReference = Exclude<AuthReference, { readonly method: 'token_file' }>

/** The client authentication that a service file describes. Relative paths start at `baseDirectory`. */
export function clientAuthentication(
  reference: ClientAuthReference,
  options: SecretOptions = {},
): ClientAuthentication {
  if (reference.method !== 'private_key_jwt') {
    return clientSecret({ ...options, ...reference.secret, method: reference.method })
  }
  return privateKeyJwt({ ...options, ...reference.key, keyId: reference.keyId, algorithm: reference.algorithm })
}
