import type { DecodedJwt } from './tokens/jwt.ts'

/** What one acceptance rule says of one token. */
export interface RuleResult {
  /** Stable name of the rule: `audience`, `subject`, `expiry`. */
  readonly rule: string
  /** `unknown`: the rule needs something that is not at hand or not documented; nothing is guessed. */
  readonly outcome: 'passed' | 'failed' | 'warning' | 'unknown' | 'not reached'
  /** One sentence for people. */
  readonly detail: string
  /** The two values that were compared, where there are two. */
  readonly expected?: string
  readonly actual?: string
  /** What to do about it, as a full sentence. */
  readonly next?: string
}

/** Whether a cloud would accept a token, rule by rule, in the order in which the cloud asks. */
export interface Verdict {
  readonly decision: 'accepted' | 'refused' | 'unknown'
  readonly rules: readonly RuleResult[]
  /** What the cloud would answer to a refused token. */
  readonly refusal?: { readonly code: string; readonly message: string; readonly status: number }
}

/** Whether the signature held: the rules are pure, so checking it is the caller's work. */
export type SignatureState =
  | { readonly state: 'valid' }
  | { readonly state: 'invalid'; readonly reason: string }
  | { readonly state: 'unchecked' }

/** A token as the rules see it. */
export interface ExaminedToken extends DecodedJwt {
  readonly signature: SignatureState
  /** Length of the encoded token in characters. */
  readonly length: number
}
