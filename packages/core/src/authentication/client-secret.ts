import { optionsOf } from '../options/option-place.ts'
import type { ClientAuthentication, ClientProof } from './client-authentication.ts'
import type { SecretOptions } from './secret.ts'
import { holdSecret, type SecretSource } from './secret-holder.ts'
import { checkSecretOptions, secretHolderAt, secretOptionNames, secretSourceIn } from './secret-options.ts'

export type ClientSecretOptions = SecretSource &
  SecretOptions & {
    /** Default: `client_secret_basic`. */
    readonly method?: 'client_secret_basic' | 'client_secret_post'
  }

const methods = ['client_secret_basic', 'client_secret_post'] as const
const names = ['method', ...secretOptionNames]

/**
 * Authentication by a shared secret (RFC 6749 section 2.3.1), from a file, an environment variable or a value. It is read
 * at the first use, and again when the issuer refuses it.
 *
 * @throws FederateError (usage) at once `OPTION`, `OPTION_UNKNOWN`. `authenticate` throws the errors of `readSecret`.
 */
export function clientSecret(options: ClientSecretOptions): ClientAuthentication {
  const place = optionsOf('clientSecret')
  const checked = secretHolderAt(options, names, place)
  checkSecretOptions(checked, place)
  const method = place.at('method').choice(checked.method ?? 'client_secret_basic', methods)
  const holder = holdSecret(secretSourceIn(checked, place), checked)
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
