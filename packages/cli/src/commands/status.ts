import { hasChanges, type PlannedStep, renderPlan } from '@federate/core/plan'
import { exitStatus } from '../exit-status.ts'
import { planPaint } from '../paint.ts'
import type { Terminal } from '../terminal.ts'
import { isUnfit, reportTokens } from '../token-report.ts'
import { renderTokenReports, tokenReportsToJson, tokenSummary } from '../token-report-text.ts'
import { openTrust, planTrust, trustJson } from '../trust.ts'
import type { PlanOptions } from './plan.ts'

/** `federate status`: every object with its state, what drifted from federate.yaml, and which tokens services get. */
export async function status(options: PlanOptions, terminal: Terminal): Promise<number> {
  const session = await openTrust(options, terminal, new AbortController().signal)
  const plan = await planTrust(session, options)
  const reports = await reportTokens(session, { moment: 'now', preview: options.preview === true })
  if (options.json === true) {
    const tokens = session.issuers.length === 0 ? {} : { tokens: tokenReportsToJson(reports) }
    terminal.out(`${JSON.stringify({ ...trustJson(plan, session), ...tokens }, undefined, 2)}\n`)
  } else {
    const paint = planPaint(terminal.outStyle)
    const inOrder = plan.work.map(({ step }) => step).filter(({ action }) => action === 'none')
    for (const step of inOrder) terminal.out(`${okLine(step)}\n`)
    if (reports.length > 0) {
      terminal.out(`${renderTokenReports(reports, terminal.outStyle)}\n${tokenSummary(reports)}\n`)
    }
    terminal.out(`${renderPlan(plan, paint)}\n`)
  }
  return hasChanges(plan) || reports.some(isUnfit) ? exitStatus.differences : exitStatus.done
}

function okLine(step: PlannedStep): string {
  return `  as wanted ${step.label}  ${step.address}`
}
