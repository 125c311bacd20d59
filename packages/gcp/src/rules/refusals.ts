import type { Refusal } from '@federate/core/rules'

/**
 * The reason of an invalid signature state that means: no key, not a wrong signature. Google answers the two differently,
 * and only whoever fetches the keys knows which it was.
 */
export const keyNotRetrieved = 'The verification key could not be retrieved from the issuer.'

/** `error` and `error_description` as STS answers them (RFC 6749 section 5.2): all with status 400. */
function stsRefusal(code: string, message: string): Refusal {
  return { code, message, status: 400 }
}

// google-github-actions/auth#370, in full; the same for a pool, a provider, a disabled and a deleted one.
const targetNotFound =
  'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn\'t exist.'

export function invalidTarget(): Refusal {
  return stsRefusal('invalid_target', targetNotFound)
}

/** What is no resource name of a provider (google-github-actions/setup-gcloud#546). */
export function invalidAudienceParameter(): Refusal {
  return stsRefusal('invalid_request', 'Invalid value for "audience".')
}

/** The answer to anything that is not a JWT; such a token never becomes an `ExaminedToken`. */
export function tokenNotAJwt(): Refusal {
  return stsRefusal('invalid_grant', 'Unable to parse the ID Token.')
}

export function issuerMismatch(issuer: string, expected: string): Refusal {
  const message = `The issuer in ID Token ${issuer} does not match the expected one in config: ${expected}.`
  return stsRefusal('invalid_grant', message)
}

/** Unreachable issuer, keys that cannot be read, and a key that is not there: Google says the same of all of them. */
export function issuerNotConnected(): Refusal {
  return stsRefusal('invalid_grant', "Error connecting to the given credential's issuer.")
}

export function signatureNotVerified(): Refusal {
  return stsRefusal('invalid_grant', 'Unable to verify the ID Token signature.')
}

export function audienceMismatch(audiences: readonly string[]): Refusal {
  const message = `The audience in ID Token [${audiences.join(', ')}] does not match the expected audience.`
  return stsRefusal('invalid_grant', message)
}

/** Expired, issued in the future, or without one of the two times: Google names the time of issue in all cases. */
export function tokenStale(issuedAt: number | undefined): Refusal {
  return stsRefusal('invalid_grant', `ID Token issued at ${issuedAt ?? 'null'} is stale to sign-in.`)
}

export function conditionRejected(): Refusal {
  return stsRefusal('unauthorized_client', 'The given credential is rejected by the attribute condition.')
}

export function subjectNotObtained(): Refusal {
  return stsRefusal('unauthorized_client', 'Could not obtain a value for google.subject from the given credential.')
}

/** Of `google.subject` as in google-github-actions/auth#378; of other attributes by analogy. */
export function attributeOfWrongType(attribute: string, type: 'STRING' | 'LIST'): Refusal {
  return stsRefusal('unauthorized_client', `The mapped attribute '${attribute}' must be of type ${type}.`)
}

/** Troubleshoot Workload Identity Federation, "Mapped google.subject claim exceeds the 127 bytes limit". */
export function subjectTooLong(): Refusal {
  return stsRefusal(
    'invalid_request',
    'The size of mapped attribute google.subject exceeds the 127 bytes limit. Either modify your attribute mapping or the incoming assertion to produce a mapped attribute that is less than 127 bytes.',
  )
}

/** The limit is in the IAM REST reference; its text is not published. */
export function attributesTooLarge(): Refusal {
  return stsRefusal('invalid_request', 'The total size of mapped attributes exceeds the 8192 bytes limit.')
}

/** What iamcredentials answers without a binding, and what any API does (google-github-actions/auth#220). */
export function permissionDenied(permission: string): Refusal {
  const message = `Permission '${permission}' denied on resource (or it may not exist).`
  return { code: 'PERMISSION_DENIED', message, status: 403 }
}

/** google-github-actions/auth, TROUBLESHOOTING: lifetimes of more than an hour. */
export function lifetimeTooLong(): Refusal {
  const message =
    'The access token lifetime cannot exceed 1 hour. Use the Org Policy Constraint constraints/iam.allowServiceAccountCredentialLifetimeExtension to allow up to 12 hours.'
  return { code: 'INVALID_ARGUMENT', message, status: 400 }
}
