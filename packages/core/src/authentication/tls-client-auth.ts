import type { ClientCertificate } from '../network/fetch.ts'
import { optionsOf } from '../options/option-place.ts'
import type { ClientAuthentication } from './client-authentication.ts'
import { checkClientCertificate } from './client-certificate.ts'
import { readSecret, type SecretOptions } from './secret.ts'
import { type SecretSource, sourcePlace } from './secret-holder.ts'
import { checkSecretOptions, secretOptionNames, secretSourceAt } from './secret-options.ts'

export interface TlsClientAuthOptions extends SecretOptions {
  /** PEM: the client's certificate, then those between it and the root. */
  readonly certificate: SecretSource
  /** PEM: the private key of that certificate. */
  readonly key: SecretSource
  /** Of an encrypted key. Default: none. */
  readonly passphrase?: SecretSource | undefined
}

const names = ['certificate', 'key', 'passphrase', ...secretOptionNames]

/**
 * Authentication by a client certificate in the TLS handshake (RFC 8705 section 2.1). Certificate and key are read at every
 * use, so that a renewed pair is used as soon as it is there. Needs a `Fetch` that can present one: `nodeFetch` can, the
 * global one cannot.
 *
 * @throws FederateError (usage) at once `OPTION`, `OPTION_UNKNOWN`. `authenticate` throws the errors of `readSecret` and
 *   `checkClientCertificate`. A source of tokens throws `TLS_NEEDED` (usage) where neither an endpoint nor the issuer's
 *   alias of it for certificates has TLS.
 */
export function tlsClientAuth(options: TlsClientAuthOptions): ClientAuthentication {
  const place = optionsOf('tlsClientAuth')
  const checked = place.object(options, names, 'Give { certificate: { file: … }, key: { file: … } }.')
  checkSecretOptions(checked, place)
  const sources = {
    certificate: secretSourceAt(checked.certificate, place.at('certificate')),
    key: secretSourceAt(checked.key, place.at('key')),
    passphrase:
      checked.passphrase === undefined ? undefined : secretSourceAt(checked.passphrase, place.at('passphrase')),
  }
  const places = { certificate: sourcePlace(sources.certificate, checked), key: sourcePlace(sources.key, checked) }
  let warn = checked.warn
  let used: ClientCertificate | undefined
  const read = async (): Promise<ClientCertificate> => {
    // A certificate may be read by everybody, its key not.
    const certificate = await text(sources.certificate, { ...checked, warn: undefined })
    const key = await text(sources.key, { ...checked, warn })
    const passphrase =
      sources.passphrase === undefined ? undefined : await text(sources.passphrase, { ...checked, warn })
    warn = undefined
    return { certificate, key, ...(passphrase === undefined ? {} : { passphrase }) }
  }
  return {
    method: 'tls_client_auth',
    authenticate: async ({ clientId, now }) => {
      used = checkClientCertificate(await read(), now, places)
      const secrets = [used.key, ...(used.passphrase === undefined ? [] : [used.passphrase])]
      return { headers: {}, parameters: { client_id: clientId }, secrets, clientCertificate: used }
    },
    reload: async () => {
      const next = await read()
      return next.certificate !== used?.certificate || next.key !== used.key
    },
  }
}

async function text(source: SecretSource, options: SecretOptions): Promise<string> {
  return 'value' in source ? source.value : readSecret(source, options)
}
