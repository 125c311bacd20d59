import { hasChanges, type PlannedStep, planToJson, renderPlan } from '@federate/core/plan'
import { exitStatus } from '../exit-status.ts'
import { planPaint } from '../paint.ts'
import type { Terminal } from '../terminal.ts'
import { openTrust, planTrust, type TrustOptions } from '../trust.ts'

/** `federate status`: every object with its state, and what drifted from federate.yaml. */
export async function status(options: TrustOptions, terminal: Terminal): Promise<number> {
  const session = await openTrust(options, terminal, new AbortController().signal)
  const plan = await planTrust(session, options)
  if (options.json === true) terminal.out(`${JSON.stringify(planToJson(plan), undefined, 2)}\n`)
  else {
    const paint = planPaint(terminal.outStyle)
    const inOrder = plan.work.map(({ step }) => step).filter(({ action }) => action === 'none')
    for (const step of inOrder) terminal.out(`${okLine(step)}\n`)
    terminal.out(`${renderPlan(plan, paint)}\n`)
  }
  return hasChanges(plan) ? exitStatus.differences : exitStatus.done
}

function okLine(step: PlannedStep): string {
  return `  as wanted ${step.label}  ${step.address}`
}
