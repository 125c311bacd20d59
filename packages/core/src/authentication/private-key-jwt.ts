import type { KeyObject } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { SignJWT } from 'jose/jwt/sign'
import { foundIn } from '../found-in.ts'
import type { Now } from '../network/fetch.ts'
import { type OptionPlace, optionsOf } from '../options/option-place.ts'
import type { AssertionAudience } from '../service-file/service.ts'
import { assertionAudienceAt, assertionClaims, assertionHeader, assertionProof } from './client-assertion.ts'
import type { ClientAuthentication, ProofRequest } from './client-authentication.ts'
import { certificateThumbprint } from './client-certificate.ts'
import { type OwnSigner, signWithFunction } from './own-signer.ts'
import { type PrivateKey, type PrivateKeyOptions, readPrivateKey } from './private-key.ts'
import { checkedSigner, keyHolderAt, type PrivateKeySource, privateKeyIn } from './private-key-source.ts'
import type { SecretOptions } from './secret.ts'
import { holdSecret, type SecretHolder, type SecretSource, sourcePlace } from './secret-holder.ts'
import { checkSecretOptions, secretOptionNames, secretSourceAt } from './secret-options.ts'

interface AssertionOptions {
  /** Default: `issuer`. */
  readonly audience?: AssertionAudience | undefined
  /**
   * PEM: the certificate of the key; with it both are read at every use. Its SHA-256 thumbprint is sent in the header `x5t#S256`, by which
   * Microsoft Entra finds the key (learn.microsoft.com/entra/identity-platform/certificate-credentials). Default: none.
   */
  readonly certificate?: SecretSource | undefined
}

type SigningOptions = OwnSigner & SecretOptions & AssertionOptions

export type PrivateKeyJwtOptions =
  | (PrivateKeySource &
      SecretOptions &
      Omit<PrivateKeyOptions, 'passphrase'> &
      AssertionOptions & {
        /** Of an encrypted PEM. Default: none. */
        readonly passphrase?: SecretSource | undefined
      })
  | SigningOptions

const names = ['keyId', 'algorithm', 'passphrase', 'audience', 'certificate', ...secretOptionNames]

/**
 * Authentication by a signed assertion (RFC 7523 section 2.2, OpenID Connect Core 1.0 section 9) with `aud` = the issuer
 * identifier, living 60 seconds, with a `jti` of its own each. Key and passphrase are read at the first use, and again
 * when the issuer refuses the client.
 *
 * Options: `keyId` (default: the JWK's `kid`; without one no `kid` is sent, and the issuer tries its keys of the client;
 * of a JWKS it chooses the key), `algorithm` (default: the JWK's `alg`, else RS256, ES256/384/512 by curve, or EdDSA),
 * `passphrase`, `audience`, `certificate`. A key that cannot be read, in a smart card or a key service, signs by a function: `sign`.
 *
 * @throws FederateError (usage) at once `OPTION`, `OPTION_UNKNOWN`. `authenticate` throws the errors of `readSecret`,
 *   `readPrivateKey` and `certificateThumbprint`, and what `sign` throws as `SIGN_FAILED` (failed).
 */
export function privateKeyJwt(options: PrivateKeyJwtOptions): ClientAuthentication {
  const place = optionsOf('privateKeyJwt')
  const checked = keyHolderAt(options, names, place)
  checkAssertionOptions(checked, place)
  const signer = isOwnSigner(checked) ? ownSigner(checkedSigner(checked, place)) : keySigner(checked, place)
  return {
    method: 'private_key_jwt',
    authenticate: async (request) => assertionProof(request.clientId, await signer.assertion(request)),
    reload: signer.reload,
  }
}

function checkAssertionOptions(options: PrivateKeyJwtOptions, place: OptionPlace): void {
  const { audience, certificate, keyId, algorithm } = options
  checkSecretOptions(options, place)
  assertionAudienceAt(audience, place)
  if (certificate !== undefined) secretSourceAt(certificate, place.at('certificate'))
  if (keyId !== undefined) place.at('keyId').text(keyId)
  if (algorithm !== undefined) place.at('algorithm').text(algorithm)
}

interface Signer {
  assertion(request: ProofRequest): Promise<string>
  reload(): Promise<boolean>
}

function isOwnSigner(options: PrivateKeyJwtOptions): options is SigningOptions {
  return 'sign' in options && options.sign !== undefined
}

function ownSigner(options: SigningOptions): Signer {
  return {
    assertion: async (request) => {
      const thumbprint = await thumbprintOf(options, undefined, request.now)
      return signWithFunction(claimsFor(request, options), { ...options, thumbprint })
    },
    // The function looks its key up itself, every time.
    reload: async () => false,
  }
}

function keySigner(options: Exclude<PrivateKeyJwtOptions, SigningOptions>, own: OptionPlace): Signer {
  const source = privateKeyIn(options, own)
  const key = holdSecret(source, options)
  const passphrase =
    options.passphrase === undefined
      ? undefined
      : holdSecret(secretSourceAt(options.passphrase, own.at('passphrase')), options)
  const place = sourcePlace(source, options)
  const parse = keyParser(key, passphrase, { keyId: options.keyId, algorithm: options.algorithm, place })
  const reload = async () => {
    const changed = await Promise.all([key.reload(), passphrase?.reload() ?? false])
    return changed.includes(true)
  }
  return {
    assertion: async (request) => {
      // A renewed certificate comes with a key of its own.
      if (options.certificate !== undefined) await key.get().then(reload)
      const parsed = await parse()
      const thumbprint = await thumbprintOf(options, { key: parsed.key, place }, request.now)
      return new SignJWT(claimsFor(request, options))
        .setProtectedHeader(assertionHeader({ ...parsed, thumbprint }))
        .sign(parsed.key)
    },
    reload,
  }
}

/** Where there is a certificate, its issuer's rules hold: Entra documents `nbf` as one of the claims. */
function claimsFor(request: ProofRequest, { audience, certificate }: AssertionOptions): JWTPayload {
  const claims = assertionClaims(request, audience)
  return certificate === undefined ? claims : { ...claims, nbf: Number(claims['iat']) }
}

/** A certificate may be read by everybody, so nobody is warned of its mode. */
async function thumbprintOf(
  options: AssertionOptions & SecretOptions,
  signing: { readonly key: KeyObject; readonly place: string | undefined } | undefined,
  now: Now,
): Promise<string | undefined> {
  if (options.certificate === undefined) return undefined
  const pem = await holdSecret(options.certificate, { ...options, warn: undefined }).get()
  const places = { certificate: sourcePlace(options.certificate, options), key: signing?.place }
  return certificateThumbprint(pem, signing?.key, now, places)
}

/** A key is parsed once for as long as its text and passphrase stay the same: decrypting one takes its time. */
function keyParser(key: SecretHolder, passphrase: SecretHolder | undefined, options: KeyChoice) {
  let parsed: { readonly text: string; readonly phrase: string | undefined; readonly key: PrivateKey } | undefined
  return async (): Promise<PrivateKey> => {
    const [text, phrase] = await Promise.all([key.get(), passphrase?.get()])
    if (parsed?.text !== text || parsed.phrase !== phrase) {
      const { keyId, algorithm, place } = options
      const read = () => readPrivateKey(text, { keyId, algorithm, passphrase: phrase })
      parsed = { text, phrase, key: foundIn(place, read) }
    }
    return parsed.key
  }
}

type KeyChoice = Pick<PrivateKeyOptions, 'keyId' | 'algorithm'> & { readonly place: string | undefined }
