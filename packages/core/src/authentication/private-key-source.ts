import type { OptionPlace } from '../options/option-place.ts'
import type { SecretReference } from '../service-file/service.ts'
import type { OwnSigner } from './own-signer.ts'
import type { SecretSource } from './secret-holder.ts'

/** Where the key is: a file or environment variable with a PEM, JWK or JWKS, or the key itself. */
export type PrivateKeySource = SecretReference | { readonly pem: string } | { readonly jwk: object }

const sourceNames = ['file', 'env', 'pem', 'jwk', 'sign'] as const
const how =
  'Give { file: "/run/secrets/billing.pem" }, { env }, { pem } or { jwk }, or { sign, algorithm } for a key that cannot be read.'

/** An object that says where a key is or what signs with it, with these members beside. Nothing that it holds is shown. */
export function keyHolderAt<T>(given: T, others: readonly string[], place: OptionPlace): T & object {
  const checked = place.object(given, [...sourceNames, ...others], how)
  place.oneMember(checked, sourceNames, how)
  return checked
}

/** The private key of an object that names one. */
export function privateKeyIn(given: PrivateKeySource, place: OptionPlace): SecretSource {
  if ('jwk' in given && given.jwk !== undefined) {
    return { value: JSON.stringify(place.at('jwk').objectWith(given.jwk, [], 'an object, the JWK or JWKS')) }
  }
  if ('pem' in given && given.pem !== undefined) return { value: place.at('pem').text(given.pem) }
  if ('env' in given && given.env !== undefined) return { env: place.at('env').text(given.env) }
  return { file: place.at('file').text('file' in given ? given.file : undefined) }
}

export function checkedSigner<T extends OwnSigner>(given: T, place: OptionPlace): T {
  place.at('sign').function(given.sign)
  place.at('algorithm').text(given.algorithm)
  return given
}
