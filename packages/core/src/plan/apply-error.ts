import { FederateError, type FederateErrorOptions, type Outcome } from '../errors.ts'
import type { PlannedStep } from './plan.ts'

/** A plan that was carried out in part: what was done, what failed, what was not started. */
export class ApplyError extends FederateError {
  readonly done: readonly PlannedStep[]
  readonly failed: PlannedStep | undefined
  readonly notStarted: readonly PlannedStep[]

  private constructor(
    options: FederateErrorOptions,
    done: readonly PlannedStep[],
    failed: PlannedStep | undefined,
    notStarted: readonly PlannedStep[],
  ) {
    super({
      ...options,
      details: {
        ...options.details,
        done: done.map((step) => step.address),
        failed: failed?.address,
        notStarted: notStarted.map((step) => step.address),
      },
    })
    this.done = done
    this.failed = failed
    this.notStarted = notStarted
  }

  static failed(
    done: readonly PlannedStep[],
    failure: { step: PlannedStep; error: unknown },
    notStarted: readonly PlannedStep[],
  ): ApplyError {
    const { step, error } = failure
    return new ApplyError(
      {
        code: 'APPLY_FAILED',
        outcome: outcomeOf(error),
        problem: `${step.label} (${step.address}) could not be brought to its planned state${codeOf(error)}: ${problemOf(error)} ${summary(done, step, notStarted)}`,
        next: `${error instanceof FederateError ? `${error.next} ` : ''}Then run the same command again: it continues where this one stopped.`,
        details: error instanceof FederateError ? { because: error.toJSON() } : {},
        cause: error,
      },
      done,
      step,
      notStarted,
    )
  }

  static interrupted(done: readonly PlannedStep[], notStarted: readonly PlannedStep[]): ApplyError {
    return new ApplyError(
      {
        code: 'APPLY_INTERRUPTED',
        outcome: 'failed',
        problem: `Interrupted. ${summary(done, undefined, notStarted)}`,
        next: 'Run the same command again: it continues where this one stopped.',
      },
      done,
      undefined,
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

function summary(done: readonly PlannedStep[], failed: PlannedStep | undefined, rest: readonly PlannedStep[]): string {
  const list = (steps: readonly PlannedStep[]) => steps.map((step) => step.address).join(', ') || 'nothing'
  const parts = [`Done: ${list(done)}.`]
  if (failed !== undefined) parts.push(`Failed: ${failed.address}.`)
  parts.push(`Not started: ${list(rest)}.`)
  return parts.join(' ')
}
