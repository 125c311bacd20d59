import { FederateError } from '@federate/core'
import {
  type Applied,
  ApplyError,
  applyPlan,
  blockedSteps,
  type Plan,
  type ProgressEvent,
  renderPlan,
} from '@federate/core/plan'
import { type ConfirmOptions, confirmPlan, refuseUnexpected } from './confirm.ts'
import type { Interrupts } from './interrupt.ts'
import { planPaint } from './paint.ts'
import type { Terminal } from './terminal.ts'

/** Shows a plan, asks, and carries it out with a line for each step. */
export async function showAndApply(
  plan: Plan,
  options: ConfirmOptions,
  interrupts: Interrupts,
  terminal: Terminal,
): Promise<Applied> {
  terminal.note(renderPlan(plan, planPaint(terminal.style)))
  refuseUnexpected(plan, options)
  const toDo = plan.work.filter(({ step }) => step.action !== 'none' && step.action !== 'unwanted')
  // A blocked plan is refused by applyPlan, before anybody is asked about it.
  if (toDo.length > 0 && blockedSteps(plan).length === 0) await confirmPlan(plan, options, terminal, interrupts.stop)
  if (interrupts.stop.aborted) throw interruptedBefore()
  return applyPlan(plan, {
    signal: interrupts.stop,
    abort: interrupts.abort,
    onProgress: (event) => showProgress(event, terminal),
  })
}

function showProgress(event: ProgressEvent, terminal: Terminal): void {
  const { step } = event
  if (event.kind === 'finished') {
    terminal.note(
      `${terminal.style('green', 'done')}    ${step.action} ${step.label}${event.already ? ' (was done already)' : ''}`,
    )
  }
  if (event.kind === 'failed') terminal.note(`${terminal.style('red', 'failed')}  ${step.action} ${step.label}`)
}

/** The failure of a command that Ctrl-C ended before its first write. */
function interruptedBefore(): FederateError {
  return new FederateError({
    code: 'PLAN_INTERRUPTED',
    outcome: 'failed',
    problem: 'Interrupted before anything was changed.',
    next: 'Run the same command again.',
  })
}

/** Turns whatever failed after Ctrl-C into one answer; what says by itself what was done stays as it is. */
export function asInterrupted(error: unknown, { stop }: Interrupts): unknown {
  if (!stop.aborted || error instanceof ApplyError) return error
  if (error instanceof FederateError && error.code === 'VERIFICATION_INTERRUPTED') return error
  return interruptedBefore()
}
