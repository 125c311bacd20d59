import type { Token, TokenSource } from '@federate/core'
import { BadRequest, type Door } from '../endpoint/server.ts'

/** The door behind which a service fetches the issuer's tokens for own APIs: `?audience=…`. */
export function tokenDoor(service: string, source: TokenSource, secret: string): Door {
  return {
    // No service's name begins with a hyphen.
    path: `/-/token/${encodeURIComponent(service)}`,
    secret: { header: 'authorization', value: secret },
    answer: async (query) => {
      const audience = query.get('audience')
      if (audience === null || audience === '') throw audienceMissing()
      const token = await source.getToken({ audience })
      return { status: 200, body: tokenJson(token) }
    },
    refusal: (code, message) => JSON.stringify({ error: code, error_description: message }),
  }
}

/** A token for an own API, in the words of RFC 6749 section 5.1. */
export function tokenJson(token: Token): string {
  const { expiresAt } = token
  return JSON.stringify({ access_token: token.reveal(), expires_at: expiresAt.toISOString(), token_type: 'Bearer' })
}

function audienceMissing(): BadRequest {
  return new BadRequest({
    code: 'AUDIENCE_MISSING',
    outcome: 'usage',
    problem: 'The request names no audience.',
    next: 'Ask for …?audience=<the audience of the API>.',
  })
}
