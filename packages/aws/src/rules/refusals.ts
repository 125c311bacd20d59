import type { Refusal } from '@federate/core/rules'

/**
 * The reason of an invalid signature state that means: no key, not a wrong signature. AWS answers the two differently,
 * and only whoever fetches the keys knows which it was.
 */
export const keyNotRetrieved = 'The verification key could not be retrieved from the issuer.'

// Texts as recorded from live STS in radkawar/stackd; the double space is AWS's own.
const couldNotValidate =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
const couldNotRetrieveKey =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
const notAValidJwt = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'

export function invalidToken(message: string): Refusal {
  return { code: 'InvalidIdentityToken', message, status: 400 }
}

export function tokenNotValidated(): Refusal {
  return invalidToken(couldNotValidate)
}

/** The answer to anything that is not a JWT; such a token never becomes an `ExaminedToken`. */
export function tokenNotAJwt(): Refusal {
  return invalidToken(notAValidJwt)
}

export function verificationKeyMissing(): Refusal {
  return invalidToken(couldNotRetrieveKey)
}

export function providerNotFound(issuer: string): Refusal {
  return invalidToken(`No OpenIDConnect provider found in your account for ${issuer}`)
}

export function internalFailure(): Refusal {
  return { code: 'InternalFailure', message: 'Unknown error validating third-party token', status: 500 }
}

export function tokenExpired(now: number, expiry: number): Refusal {
  const message = `Token expired: current date/time ${now} must be before the expiration date/time ${expiry}`
  return { code: 'ExpiredTokenException', message, status: 400 }
}

export function accessDenied(): Refusal {
  return { code: 'AccessDenied', message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity', status: 403 }
}

export function validationError(message: string): Refusal {
  return { code: 'ValidationError', message, status: 400 }
}

/** The sentence in which AWS's front door reports one parameter out of bounds. */
export function constraintViolated(field: string, value: string, constraint: string): Refusal {
  return validationError(
    `1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint: ${constraint}`,
  )
}
