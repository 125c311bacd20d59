import { FederateError, type FederateErrorOptions, type Outcome } from '../errors.ts'
import type { PlannedStep } from './plan.ts'

/** A step that failed, and why. */
export interface Failure {
  readonly step: PlannedStep
  readonly error: unknown
}

/** A plan that was carried out in part: what was done, what failed, what was not started. */
export class ApplyError extends FederateError {
  readonly done: readonly PlannedStep[]
  /** Steps that ran side by side can fail side by side. */
  readonly failed: readonly PlannedStep[]
  readonly notStarted: readonly PlannedStep[]

  private constructor(
    options: FederateErrorOptions,
    done: readonly PlannedStep[],
    failed: readonly PlannedStep[],
    notStarted: readonly PlannedStep[],
  ) {
    super({
      ...options,
      details: {
        ...options.details,
        done: done.map((step) => step.address),
        failed: failed.map((step) => step.address),
        notStarted: notStarted.map((step) => step.address),
      },
    })
    this.done = done
    this.failed = failed
    this.notStarted = notStarted
  }

  static failed(
    done: readonly PlannedStep[],
    failures: readonly [Failure, ...Failure[]],
    notStarted: readonly PlannedStep[],
  ): ApplyError {
    const [{ step, error }] = failures
    const failed = failures.map((failure) => failure.step)
    return new ApplyError(
      {
        code: 'APPLY_FAILED',
        outcome: outcomeOf(error),
        problem: `${step.label} (${step.address}) could not be brought to its planned state${codeOf(error)}: ${problemOf(error)} ${summary(done, failed, notStarted)}`,
        next: `${error instanceof FederateError ? `${error.next} ` : ''}What was done stays done: the same command continues from there.`,
        details: error instanceof FederateError ? { because: error.toJSON() } : {},
        cause: error,
      },
      done,
      failed,
      notStarted,
    )
  }

  static interrupted(done: readonly PlannedStep[], notStarted: readonly PlannedStep[]): ApplyError {
    return new ApplyError(
      {
        code: 'APPLY_INTERRUPTED',
        outcome: 'failed',
        problem: `Interrupted. ${summary(done, [], notStarted)}`,
        next: 'Run the same command again: it continues where this one stopped.',
      },
      done,
      [],
      notStarted,
    )
  }
}

function outcomeOf(error: unknown): Outcome {
  return error instanceof FederateError ? error.outcome : 'failed'
}

function codeOf(error: unknown): string {
  return error instanceof FederateError ? ` (${error.code})` : ''
}

function problemOf(error: unknown): string {
  if (error instanceof FederateError) return error.problem
  return error instanceof Error ? error.message : String(error)
}

function summary(done: readonly PlannedStep[], failed: readonly PlannedStep[], rest: readonly PlannedStep[]): string {
  const list = (steps: readonly PlannedStep[]) => steps.map((step) => step.address).join(', ') || 'nothing'
  const parts = [`Done: ${list(done)}.`]
  if (failed.length > 0) parts.push(`Failed: ${list(failed)}.`)
  parts.push(`Not started: ${list(rest)}.`)
  return parts.join(' ')
}
