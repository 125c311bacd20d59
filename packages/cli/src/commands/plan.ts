import { hasChanges, planToJson, renderPlan } from '@federate/core/plan'
import { exitStatus } from '../exit-status.ts'
import { planPaint } from '../paint.ts'
import type { Terminal } from '../terminal.ts'
import { openTrust, planTrust, type TrustOptions } from '../trust.ts'

/** `federate plan`: shows what `setup` would change. */
export async function plan(options: TrustOptions, terminal: Terminal): Promise<number> {
  const session = await openTrust(options, terminal, new AbortController().signal)
  const made = await planTrust(session, options)
  terminal.out(
    options.json === true
      ? `${JSON.stringify(planToJson(made), undefined, 2)}\n`
      : `${renderPlan(made, planPaint(terminal.outStyle))}\n`,
  )
  return hasChanges(made) ? exitStatus.differences : exitStatus.done
}
