import { FederateError } from '@federate/core'

/** What says that a client can handle claims challenges (Microsoft identity platform, "Client capabilities"). */
const capabilities = { access_token: { xms_cc: { values: ['cp1'] } } }

/**
 * The `claims` parameter of a token request: what a challenge demanded, and the client's own capability.
 *
 * @throws FederateError (usage) `AZURE_CLAIMS` for claims that are no JSON object.
 */
export function mergedClaims(demanded: string | undefined, enableCae: boolean): string | undefined {
  if (demanded === undefined) return enableCae ? JSON.stringify(capabilities) : undefined
  const claims = parsed(demanded)
  if (!enableCae) return JSON.stringify(claims)
  const accessToken = objectOf(claims['access_token']) ?? {}
  return JSON.stringify({ ...claims, access_token: { ...accessToken, ...capabilities.access_token } })
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const claims = objectOf(JSON.parse(text))
    if (claims !== undefined) return claims
  } catch {
    // Told below: what a parser says of it quotes it.
  }
  throw new FederateError({
    code: 'AZURE_CLAIMS',
    outcome: 'usage',
    problem: 'The claims that a token was asked for are no JSON object.',
    next: 'Hand on what the resource sent in WWW-Authenticate, decoded from base64.',
  })
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}
