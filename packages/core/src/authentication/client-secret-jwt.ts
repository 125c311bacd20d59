import { SignJWT } from 'jose/jwt/sign'
import { FederateError } from '../errors.ts'
import { optionsOf } from '../options/option-place.ts'
import { printable } from '../redaction/printable.ts'
import type { AssertionAudience } from '../service-file/service.ts'
import { assertionAudienceAt, assertionClaims, assertionHeader, assertionProof } from './client-assertion.ts'
import type { ClientAuthentication } from './client-authentication.ts'
import type { SecretOptions } from './secret.ts'
import { holdSecret, type SecretSource } from './secret-holder.ts'
import { checkSecretOptions, secretHolderAt, secretOptionNames, secretSourceIn } from './secret-options.ts'

const algorithms = ['HS256', 'HS384', 'HS512']
const names = ['algorithm', 'audience', ...secretOptionNames]

export type ClientSecretJwtOptions = SecretSource &
  SecretOptions & {
    /** HS256, HS384 or HS512. Default: HS256. */
    readonly algorithm?: string | undefined
    /** Default: `issuer`. */
    readonly audience?: AssertionAudience | undefined
  }

/**
 * Authentication by an assertion whose signature is made with the shared secret (`client_secret_jwt`, OpenID Connect
 * Core 1.0 section 9): the secret itself is never sent. It is read at the first use, and again when the issuer refuses it.
 *
 * @throws FederateError (usage) at once `OPTION`, `OPTION_UNKNOWN`, and `SECRET_ALGORITHM` for an algorithm that takes no
 *   secret. `authenticate` throws the errors of `readSecret`.
 */
export function clientSecretJwt(options: ClientSecretJwtOptions): ClientAuthentication {
  const place = optionsOf('clientSecretJwt')
  const checked = secretHolderAt(options, names, place)
  checkSecretOptions(checked, place)
  const algorithm = place.at('algorithm').text(checked.algorithm ?? 'HS256')
  refuseOther(algorithm)
  const audience = assertionAudienceAt(checked.audience, place)
  const holder = holdSecret(secretSourceIn(checked, place), checked)
  return {
    method: 'client_secret_jwt',
    authenticate: async (request) => {
      const secret = await holder.get()
      const assertion = await new SignJWT(assertionClaims(request, audience))
        .setProtectedHeader(assertionHeader({ algorithm }))
        .sign(new TextEncoder().encode(secret))
      const proof = assertionProof(request.clientId, assertion)
      return { ...proof, secrets: [...proof.secrets, secret] }
    },
    reload: holder.reload,
  }
}

function refuseOther(algorithm: string): void {
  if (algorithms.includes(algorithm)) return
  throw new FederateError({
    code: 'SECRET_ALGORITHM',
    outcome: 'usage',
    problem: `The algorithm ${printable(algorithm)} was asked for, but a client secret signs with ${algorithms.join(', ')}.`,
    next: 'Leave the algorithm out, or use private_key_jwt with a private key.',
  })
}
