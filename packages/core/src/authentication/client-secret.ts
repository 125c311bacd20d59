import type { ClientAuthentication, ClientProof } from './client-authentication.ts'
import type { SecretOptions } from './secret.ts'
import { holdSecret, type SecretSource } from './secret-holder.ts'

export type ClientSecretOptions = SecretSource &
  SecretOptions & {
    /** Default: `client_secret_basic`. */
    readonly method?: 'client_secret_basic' | 'client_secret_post'
  }

/**
 * Authentication by a shared secret (RFC 6749 section 2.3.1), from a file, an environment variable or a value. It is read
 * at the first use, and again when the issuer refuses it.
 *
 * `authenticate` throws the errors of `readSecret`.
 */
export function clientSecret(options: ClientSecretOptions): ClientAuthentication {
  const { method = 'client_secret_basic' } = options
  const holder = holdSecret(options, options)
  const proof = method === 'client_secret_basic' ? basic : post
  return {
    method,
    authenticate: async ({ clientId }) => proof(clientId, await holder.get()),
    reload: holder.reload,
  }
}

function basic(clientId: string, secret: string): ClientProof {
  const pair = Buffer.from(`${formEncoded(clientId)}:${formEncoded(secret)}`).toString('base64')
  return { headers: { authorization: `Basic ${pair}` }, parameters: {}, secrets: [secret, formEncoded(secret), pair] }
}

function post(clientId: string, secret: string): ClientProof {
  const parameters = { client_id: clientId, client_secret: secret }
  return { headers: {}, parameters, secrets: [secret, formEncoded(secret)] }
}

/** `application/x-www-form-urlencoded` of one value, which RFC 6749 appendix B wants of both before they are joined. */
function formEncoded(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1)
}
