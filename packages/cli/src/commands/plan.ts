import { hasChanges, type Plan, renderPlan } from '@federate/core/plan'
import { exitStatus } from '../exit-status.ts'
import { planPaint } from '../paint.ts'
import type { Terminal } from '../terminal.ts'
import { isUnfit, reportTokens, type TokenReport } from '../token-report.ts'
import { renderTokenReports, tokenReportsToJson, tokenSummary } from '../token-report-text.ts'
import { openTrust, planTrust, type TrustOptions, trustJson } from '../trust.ts'

export interface PlanOptions extends TrustOptions {
  preview?: boolean
}

/** `federate plan`: shows what `setup` would change, and which tokens services would get. */
export async function plan(options: PlanOptions, terminal: Terminal): Promise<number> {
  const session = await openTrust(options, terminal, new AbortController().signal)
  const made = await planTrust(session, options)
  const reports = await reportTokens(session, { moment: 'planned', preview: options.preview === true })
  if (options.json === true) {
    const tokens = session.issuers.length === 0 ? {} : { tokens: tokenReportsToJson(reports) }
    terminal.out(`${JSON.stringify({ ...trustJson(made, session), ...tokens }, undefined, 2)}\n`)
  } else {
    const shown = options.preview === true ? reports : worthShowing(reports, made)
    const tokens = renderTokenReports(shown, terminal.outStyle)
    terminal.out(tokens === '' ? '' : `${tokens}\n`)
    if (reports.length > 0) terminal.out(`${tokenSummary(reports)}\n`)
    terminal.out(`${renderPlan(made, planPaint(terminal.outStyle))}\n`)
  }
  return hasChanges(made) || reports.some(isUnfit) ? exitStatus.differences : exitStatus.done
}

/** Tokens that change, or that are not as they must be. */
function worthShowing(reports: readonly TokenReport[], { work }: Plan): TokenReport[] {
  const changing = new Set(work.filter(({ step }) => step.action !== 'none').flatMap(({ step }) => step.services))
  return reports.filter((report) => isUnfit(report) || changing.has(report.service))
}
