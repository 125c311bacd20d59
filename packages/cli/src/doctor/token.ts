import {
  audiences,
  checkSignature,
  FederateError,
  formatDuration,
  stringClaim,
  type Token,
  type TokenSource,
} from '@federate/core'
import type { Checks } from './place.ts'

/** Where a service's tokens come from, and what they are verified with. */
export interface Issuing {
  readonly source: TokenSource
  /** The keys that the issuer publishes, as far as they are known. */
  readonly keys: string | undefined
  readonly now: () => number
}

/** Fetches the token for an audience, and looks at it as whoever gets it will. */
export async function checkToken(checks: Checks, audience: string | undefined, issuing: Issuing): Promise<boolean> {
  const { source, keys, now } = issuing
  const token = await checks.try(
    'token',
    async () => forAudience(await source.getToken(audience === undefined ? {} : { audience }), audience),
    (issued) => described(issued, now()),
  )
  if (token === undefined) {
    checks.notReached('signature', 'There is no token.')
    return false
  }
  if (token.claims === undefined) return true
  if (keys === undefined) {
    checks.notReached('signature', 'The keys of the issuer are not known.')
    return true
  }
  const held = await checks.try(
    'signature',
    () => verified(token, keys),
    () => 'a key that the issuer publishes holds',
  )
  return held !== undefined
}

function forAudience(token: Token, audience: string | undefined): Token {
  const { claims } = token
  if (audience === undefined || claims === undefined || audiences(claims).includes(audience)) return token
  const actual = audiences(claims).join(', ') || 'none'
  throw new FederateError({
    code: 'TOKEN_AUDIENCE',
    outcome: 'refused',
    problem: `The token is for ${actual}, and ${audience} was asked for.`,
    next: 'Look at the mappers of the scope by which the issuer adds the audience: `federate status keycloak --preview` compares.',
    details: { expected: audience, actual },
  })
}

function described(token: Token, now: number): string {
  const { claims } = token
  const life = `for ${formatDuration(Math.max(0, Math.ceil((token.expiresAt.getTime() - now) / 1000)))}`
  if (claims === undefined) return `opaque, ${life}; clouds take only JWTs`
  return `sub ${stringClaim(claims, 'sub') ?? '(none)'}, aud ${audiences(claims).join(', ') || '(none)'}, ${life}`
}

async function verified(token: Token, keys: string): Promise<true> {
  const signature = await checkSignature(token.reveal(), keys)
  if (signature.state === 'valid') return true
  throw new FederateError({
    code: 'TOKEN_SIGNATURE',
    outcome: 'refused',
    problem: `No key that the issuer publishes holds for its token (kid ${String(token.header?.['kid'] ?? 'none')}).`,
    next: 'Look whether several nodes or caches answer for its keys, and whether the token is of this very issuer.',
    details: { reason: signature.state === 'invalid' ? signature.reason : '' },
  })
}
