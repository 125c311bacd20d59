import type { Refusal } from './refusal.ts'
import type { VerifiedToken } from './tokens/verified-token.ts'

/**
 * Something that a verified token must have to be let in. A requirement that looks at a claim also tells the type of it,
 * and handlers behind it see that type.
 */
export interface Requirement<Claims extends object = object> {
  /** What it looks at: `scope`, `role`, `client`, `claim tenant_id`. */
  readonly name: string
  holds(token: VerifiedToken): token is VerifiedToken<Claims>
  /** Why it does not hold, for the log. */
  refusal(token: VerifiedToken): Refusal
}

/** What the tokens have that meet all of some requirements. */
export type ClaimsOf<Requirements extends readonly Requirement[]> = Requirements extends readonly [
  Requirement<infer First>,
  ...infer Others extends readonly Requirement[],
]
  ? First & ClaimsOf<Others>
  : object
