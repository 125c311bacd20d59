import { FederateError } from '../errors.ts'
import { ApplyError, type Failure } from './apply-error.ts'
import type { Plan, PlannedStep, PlannedWork } from './plan.ts'
import { isRemoval, sameChanges } from './plan.ts'
import type { Outputs, Ownership } from './resource.ts'

export type ProgressEvent =
  | { readonly kind: 'started'; readonly step: PlannedStep }
  /** `already`: somebody, or an earlier run, had done it in the meantime. */
  | { readonly kind: 'finished'; readonly step: PlannedStep; readonly already: boolean }
  | { readonly kind: 'failed'; readonly step: PlannedStep; readonly error: unknown }

export interface ApplyOptions {
  /** Stops before the next write; writes under way are finished. */
  readonly signal: AbortSignal
  /** Ends writes under way too. Default: never. */
  readonly abort?: AbortSignal
  /** Writes at the same time. Default: 4. */
  readonly concurrency?: number
  readonly onProgress?: (event: ProgressEvent) => void
}

export interface Applied {
  readonly done: readonly PlannedStep[]
  /** Everything that exists afterwards, by address. */
  readonly outputs: Outputs
}

/**
 * Carries out a plan in dependency order.
 *
 * Every write happens only if what it replaces is still what the plan saw. What was done stays done when a later step
 * fails: the error lists both, and another run continues.
 *
 * @throws ApplyError `APPLY_FAILED` when a step failed, `APPLY_INTERRUPTED` when `signal` was aborted.
 * @throws FederateError `PLAN_BLOCKED` when the plan holds blocked steps; nothing is done then.
 */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<Applied> {
  refuseBlocked(plan)
  const run = new Run(plan, options)
  await run.all()
  return run.result()
}

function refuseBlocked(plan: Plan): void {
  const blocked = plan.work.filter(({ step }) => step.action === 'blocked')
  const [first] = blocked
  if (first === undefined) return
  throw new FederateError({
    code: 'PLAN_BLOCKED',
    outcome: 'failed',
    problem: `${blocked.length} object(s) of the plan may not be changed, so nothing was done. ${blocked.map(({ step }) => `${step.address}: ${step.reason}`).join(' ')}`,
    next: first.step.remedy ?? 'Take it out of the plan.',
    details: { blocked: blocked.map(({ step }) => ({ address: step.address, reason: step.reason })) },
  })
}

/** The state of one application: what waits, what runs, what is done. */
class Run {
  readonly #options: ApplyOptions
  readonly #order: readonly PlannedStep[]
  readonly #outputs: Map<string, unknown>
  readonly #waiting: PlannedWork[]
  readonly #running = new Map<PlannedWork, Promise<void>>()
  readonly #done: PlannedStep[] = []
  readonly #failures: Failure[] = []

  constructor(plan: Plan, options: ApplyOptions) {
    this.#options = options
    this.#order = plan.work.map(({ step }) => step)
    this.#outputs = new Map(plan.existing)
    this.#waiting = plan.work.filter(({ step }) => step.action !== 'none' && step.action !== 'unwanted')
  }

  async all(): Promise<void> {
    while (this.#startReady() || this.#running.size > 0) await Promise.race(this.#running.values())
  }

  result(): Applied {
    const notStarted = this.#waiting.map(({ step }) => step)
    const [first, ...others] = this.#inPlanOrder(this.#failures)
    if (first !== undefined) throw ApplyError.failed(this.#done, [first, ...others], notStarted)
    if (notStarted.length > 0) throw ApplyError.interrupted(this.#done, notStarted)
    return { done: this.#done, outputs: this.#outputs }
  }

  #inPlanOrder(failures: readonly Failure[]): Failure[] {
    const position = ({ step }: Failure) => this.#order.indexOf(step)
    return [...failures].sort((one, other) => position(one) - position(other))
  }

  /** Starts what can start; tells whether anything was. */
  #startReady(): boolean {
    let started = false
    for (const work of [...this.#waiting]) {
      if (this.#failures.length > 0 || this.#options.signal.aborted) break
      if (this.#running.size >= (this.#options.concurrency ?? 4)) break
      if (!this.#isReady(work)) continue
      this.#waiting.splice(this.#waiting.indexOf(work), 1)
      this.#running.set(
        work,
        this.#runOne(work).finally(() => this.#running.delete(work)),
      )
      started = true
    }
    return started
  }

  #isReady(work: PlannedWork): boolean {
    const unfinished = [...this.#waiting, ...this.#running.keys()].filter((other) => other !== work)
    if (unfinished.some((other) => mustPrecede(other, work))) return false
    const { lane } = work.resource
    return lane === undefined || ![...this.#running.keys()].some((other) => other.resource.lane === lane)
  }

  async #runOne(work: PlannedWork): Promise<void> {
    const { step } = work
    const report = this.#options.onProgress ?? (() => {})
    report({ kind: 'started', step })
    try {
      const already = await this.#write(work)
      this.#done.push(step)
      report({ kind: 'finished', step, already })
    } catch (error) {
      this.#failures.push({ step, error })
      report({ kind: 'failed', step, error })
    }
  }

  /** Writes one object if it still is as planned; tells whether there was nothing left to do. */
  async #write({ resource, step }: PlannedWork): Promise<boolean> {
    const signal = this.#options.abort ?? new AbortController().signal
    const now = await resource.reread(signal)
    if (isRemoval(step)) {
      this.#outputs.delete(resource.address)
      if (now === undefined) return true
      if (!isOurs(resource.ownership(now)) || !sameChanges(step.changes, resource.removal(now))) {
        throw changedMeanwhile(step)
      }
      await resource.delete(now, signal)
      return false
    }
    const desired = resource.desired(this.#outputs)
    const changes = resource.diff(desired, now)
    if (now !== undefined && changes.length === 0 && isOurs(resource.ownership(now))) {
      this.#outputs.set(resource.address, now)
      return true
    }
    const mayWrite = now === undefined ? step.action === 'create' : mayUpdate(step, resource.ownership(now))
    if (!mayWrite || !sameChanges(step.changes, changes)) throw changedMeanwhile(step)
    const actual =
      now === undefined ? await resource.create(desired, signal) : await resource.update(desired, now, signal)
    this.#outputs.set(resource.address, actual)
    return false
  }
}

function isOurs(ownership: Ownership): boolean {
  return ownership === 'ours' || ownership === 'shared'
}

/** Whose an object is may change like everything else of it. */
function mayUpdate({ action }: PlannedStep, ownership: Ownership): boolean {
  return action === 'adopt' ? ownership === 'unmarked' : action === 'update' && isOurs(ownership)
}

/** What is needed comes first; what is deleted goes after everything that needs it, or will need it no more. */
function mustPrecede(other: PlannedWork, work: PlannedWork): boolean {
  if (isRemoval(work.step)) return other.resource.dependsOn.includes(work.resource.address)
  return !isRemoval(other.step) && work.resource.dependsOn.includes(other.resource.address)
}

function changedMeanwhile(step: PlannedStep): FederateError {
  return new FederateError({
    code: 'PLAN_CHANGED',
    outcome: 'failed',
    problem: `${step.label} (${step.address}) is no longer as the plan saw it: somebody changed it between plan and apply. It was left as it is.`,
    next: 'Run the command again to see the new plan.',
    details: { address: step.address },
  })
}
