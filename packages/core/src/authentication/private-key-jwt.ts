import { SignJWT } from 'jose/jwt/sign'
import type { AssertionAudience, SecretReference } from '../service-file/service.ts'
import { assertionClaims, assertionHeader, assertionProof } from './client-assertion.ts'
import type { ClientAuthentication, ProofRequest } from './client-authentication.ts'
import { type OwnSigner, signWithFunction } from './own-signer.ts'
import { type PrivateKey, type PrivateKeyOptions, readPrivateKey } from './private-key.ts'
import type { SecretOptions } from './secret.ts'
import { holdSecret, type SecretHolder, type SecretSource } from './secret-holder.ts'

/** Where the key is: a file or environment variable with a PEM, JWK or JWKS, or the key itself. */
export type PrivateKeySource = SecretReference | { readonly pem: string } | { readonly jwk: object }

interface AssertionOptions {
  /** Default: `issuer`. */
  readonly audience?: AssertionAudience | undefined
}

export type PrivateKeyJwtOptions =
  | (PrivateKeySource &
      SecretOptions &
      Omit<PrivateKeyOptions, 'passphrase'> &
      AssertionOptions & {
        /** Of an encrypted PEM. Default: none. */
        readonly passphrase?: SecretSource | undefined
      })
  | (OwnSigner & AssertionOptions)

/**
 * Authentication by a signed assertion (RFC 7523 section 2.2, OpenID Connect Core 1.0 section 9) with `aud` = the issuer
 * identifier, living 60 seconds, with a `jti` of its own each. Key and passphrase are read at the first use, and again
 * when the issuer refuses the client.
 *
 * Options: `keyId` (default: the JWK's `kid`; without one no `kid` is sent, and the issuer tries its keys of the client;
 * of a JWKS it chooses the key), `algorithm` (default: the JWK's `alg`, else RS256, ES256/384/512 by curve, or EdDSA),
 * `passphrase`, `audience`. A key that cannot be read, in a smart card or a key service, signs by a function: `sign`.
 *
 * `authenticate` throws the errors of `readSecret` and `readPrivateKey`, and what `sign` throws as `SIGN_FAILED` (failed).
 */
export function privateKeyJwt(options: PrivateKeyJwtOptions): ClientAuthentication {
  const signer = 'sign' in options ? ownSigner(options) : keySigner(options)
  return {
    method: 'private_key_jwt',
    authenticate: async (request) => assertionProof(request.clientId, await signer.assertion(request)),
    reload: signer.reload,
  }
}

interface Signer {
  assertion(request: ProofRequest): Promise<string>
  reload(): Promise<boolean>
}

function ownSigner(options: OwnSigner & AssertionOptions): Signer {
  return {
    assertion: (request) => signWithFunction(assertionClaims(request, options.audience), options),
    // The function looks its key up itself, every time.
    reload: async () => false,
  }
}

function keySigner(options: Exclude<PrivateKeyJwtOptions, OwnSigner>): Signer {
  const key = holdSecret(secretSource(options), options)
  const passphrase = options.passphrase === undefined ? undefined : holdSecret(options.passphrase, options)
  const parse = keyParser(key, passphrase, options)
  return {
    assertion: async (request) => {
      const parsed = await parse()
      return new SignJWT(assertionClaims(request, options.audience))
        .setProtectedHeader(assertionHeader(parsed))
        .sign(parsed.key)
    },
    reload: async () => {
      const changed = await Promise.all([key.reload(), passphrase?.reload() ?? false])
      return changed.includes(true)
    },
  }
}

/** A key is parsed once for as long as its text and passphrase stay the same: decrypting one takes its time. */
function keyParser(key: SecretHolder, passphrase: SecretHolder | undefined, options: KeyChoice) {
  let parsed: { readonly text: string; readonly phrase: string | undefined; readonly key: PrivateKey } | undefined
  return async (): Promise<PrivateKey> => {
    const [text, phrase] = await Promise.all([key.get(), passphrase?.get()])
    if (parsed?.text !== text || parsed.phrase !== phrase) {
      const { keyId, algorithm } = options
      parsed = { text, phrase, key: readPrivateKey(text, { keyId, algorithm, passphrase: phrase }) }
    }
    return parsed.key
  }
}

type KeyChoice = Pick<PrivateKeyOptions, 'keyId' | 'algorithm'>

function secretSource(options: PrivateKeySource): SecretSource {
  if ('pem' in options) return { value: options.pem }
  if ('jwk' in options) return { value: JSON.stringify(options.jwk) }
  return options
}
