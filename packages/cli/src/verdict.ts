import type { RuleResult, Verdict } from '@federate/core'
import { exitStatus } from './exit-status.ts'
import type { Style, Terminal } from './terminal.ts'

const marks: Record<RuleResult['outcome'], { sign: string; style: Style; matters: boolean }> = {
  passed: { sign: 'pass', matters: false, style: 'green' },
  failed: { sign: 'FAIL', matters: true, style: 'red' },
  warning: { sign: 'warn', matters: true, style: 'yellow' },
  unknown: { sign: '?   ', matters: true, style: 'yellow' },
  'not reached': { sign: '-   ', matters: false, style: 'dim' },
}

/**
 * A verdict as people read it: each rule in the cloud's order, then what the cloud would say. What passed stands first,
 * so that what did not is next to the end, where people look.
 */
export function renderVerdict(
  verdict: Verdict,
  subject: string,
  options: { tokenFile?: string; cloud: string; assumed?: readonly string[] },
  terminal: Terminal,
): string {
  const what = options.tokenFile === undefined ? 'The token this service is predicted to get' : 'This token'
  const quiet = (rule: RuleResult) => !verdict.rules.some((one) => one.rule === rule.rule && marks[one.outcome].matters)
  const ordered = [...verdict.rules.filter(quiet), ...verdict.rules.filter((rule) => !quiet(rule))]
  const lines = (options.assumed ?? []).map((one) => `${terminal.outStyle('dim', 'note')} ${one}`)
  lines.push(...ordered.flatMap((rule) => ruleLines(rule, terminal)))
  lines.push('', `${what}, for ${subject}: ${verdict.decision} by ${options.cloud}${condition(verdict)}.`)
  const { refusal } = verdict
  if (refusal !== undefined)
    lines.push(`${options.cloud} would answer: ${refusal.status} ${refusal.code}: ${refusal.message}`)
  return `${lines.join('\n')}\n`
}

/** What an acceptance still hangs on. */
function condition({ decision, rules }: Verdict): string {
  const unchecked = rules.some(({ rule, outcome }) => rule === 'signature' && outcome === 'warning')
  return decision === 'accepted' && unchecked ? ', if its signature holds (--jwks checks it)' : ''
}

/** One rule as people read it. */
export function ruleLines(rule: RuleResult, terminal: Terminal): string[] {
  const { sign, style } = marks[rule.outcome]
  const lines = [`${terminal.outStyle(style, sign)} ${rule.rule.padEnd(22)} ${rule.detail}`]
  if (rule.outcome === 'passed' || rule.outcome === 'not reached') return lines
  if (rule.expected !== undefined) lines.push(`${' '.repeat(28)}expected: ${rule.expected}`)
  if (rule.actual !== undefined) lines.push(`${' '.repeat(28)}actual:   ${rule.actual}`)
  if (rule.next !== undefined) lines.push(`${' '.repeat(28)}next: ${rule.next}`)
  return lines
}

/** The exit status that says what a verdict says. */
export function statusOfVerdict({ decision }: Verdict): number {
  if (decision === 'accepted') return exitStatus.done
  return decision === 'refused' ? exitStatus.refused : exitStatus.failed
}
