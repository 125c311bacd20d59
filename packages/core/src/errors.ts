import { redactText } from './redaction/redact.ts'
import { withoutSecrets } from './redaction/without-secrets.ts'

/**
 * What a failure means for the person who sees it; the command turns it into its exit status.
 *
 * - `usage`: the call, a file or an option is wrong (64)
 * - `refused`: an issuer or a cloud understood the request and said no (3)
 * - `unreachable`: nobody answered, or the answer was not the one of such a server (4)
 * - `failed`: everything else (1)
 */
export type Outcome = 'usage' | 'refused' | 'unreachable' | 'failed'

export interface FederateErrorOptions {
  /** Stable, upper snake case, part of the public contract. */
  code: string
  outcome: Outcome
  /** What happened, with the two values that differ. One or more full sentences. */
  problem: string
  /** The next step, as a full sentence; the message ends with it. */
  next: string
  /** Facts for `--json` and programs. Never a token, secret, key or assertion. */
  details?: Readonly<Record<string, unknown>>
  cause?: unknown
  /** Texts to take out of the problem and of the cause, which may quote the request. Default: none. */
  secrets?: readonly string[]
}

/**
 * The base of every error that federate throws.
 *
 * `message` is the problem followed by the next step. A foreign `cause` is kept as a redacted copy, because SDK errors
 * carry requests and responses, and with them tokens.
 */
export class FederateError extends Error {
  readonly code: string
  readonly outcome: Outcome
  readonly problem: string
  readonly next: string
  readonly details: Readonly<Record<string, unknown>>

  constructor(options: FederateErrorOptions) {
    const redact = (text: string) => redactText(withoutSecrets(text, options.secrets ?? []))
    const problem = redact(options.problem)
    const next = redact(options.next)
    super(
      `${problem} ${next}`,
      options.cause === undefined ? undefined : { cause: redactedCause(options.cause, redact) },
    )
    this.name = new.target.name
    this.code = options.code
    this.outcome = options.outcome
    this.problem = problem
    this.next = next
    this.details = options.details ?? {}
  }

  toJSON(): Record<string, unknown> {
    return { code: this.code, outcome: this.outcome, problem: this.problem, next: this.next, details: this.details }
  }
}

/** What is kept of an error that is not ours: its name, code and redacted words. */
class ForeignError extends Error {
  readonly code?: string

  constructor(name: string, message: string, code: string | undefined, cause: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = name
    if (code !== undefined) this.code = code
  }
}

function redactedCause(cause: unknown, redact: (text: string) => string): unknown {
  if (cause instanceof FederateError || cause instanceof ForeignError) return cause
  if (!(cause instanceof Error)) return redact(String(cause))
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  const inner = cause.cause === undefined ? undefined : redactedCause(cause.cause, redact)
  const copy = new ForeignError(cause.name, redact(cause.message), code, inner)
  if (cause.stack !== undefined) copy.stack = redact(cause.stack)
  return copy
}
