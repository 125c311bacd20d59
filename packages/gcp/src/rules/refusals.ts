import type { Refusal } from '@federate/core/rules'

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

export function issuerMismatch(issuer: string, expected: string): Refusal {
  const message = `The issuer in ID Token ${issuer} does not match the expected ones: ${expected}`
  return stsRefusal('invalid_grant', message)
}

export function audienceMismatch(audiences: readonly string[]): Refusal {
  const message = `The audience in ID Token [${audiences.join(', ')}] does not match the expected audience.`
  return stsRefusal('invalid_grant', message)
}
