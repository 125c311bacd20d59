import type { JwtClaims, Seconds } from '@federate/core'
import type { Answer } from '../refusal.ts'
import type { IssuerTerms } from '../trusted-issuer.ts'

/** A token on the table: what it says, and the terms of the issuer it names. Its signature is another matter. */
export interface Question {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: JwtClaims
  readonly terms: IssuerTerms
  readonly clockTolerance: Seconds
  /** Seconds since the epoch. */
  readonly now: Seconds
}

/** Why a rule says no. */
export interface Objection {
  /** One sentence. */
  readonly detail: string
  readonly expected?: string
  readonly actual?: string
  /** What to do about it, as a full sentence. */
  readonly next: string
}

/** One thing that is asked of a token. */
export interface Rule {
  /** Stable, as in `Verdict`. */
  readonly name: string
  /** The code of the refusal. */
  readonly code: string
  readonly answer: Answer
  objection(question: Question): Objection | undefined
  /** What can be said where there is nothing to object to; asked for by `explain` only. */
  passed(question: Question): string
}
