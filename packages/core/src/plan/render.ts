import type { Action, Plan, PlannedStep } from './plan.ts'
import type { Change, JsonValue, Shown } from './resource.ts'

/** How a piece of the plan looks; the default paints nothing. */
export type Paint = (action: Action | 'faint', text: string) => string

const signs: Record<Action, string> = {
  create: '+',
  update: '~',
  adopt: '*',
  delete: '-',
  release: '-',
  none: ' ',
  unwanted: '?',
  blocked: '!',
}

const words: Record<Action, string> = {
  create: 'create',
  update: 'change',
  adopt: 'adopt',
  delete: 'delete',
  release: 'release',
  none: 'unchanged',
  unwanted: 'no longer wanted',
  blocked: 'blocked',
}

/** The plan as people read it. What needs no change is counted, not listed. */
export function renderPlan(plan: Plan, paint: Paint = (_style, text) => text): string {
  const steps = plan.work.map(({ step }) => step)
  const shown = steps.filter((step) => step.action !== 'none')
  const blocks = shown.map((step) => renderStep(step, paint))
  return [...blocks, `${renderSummary(steps)}${shown.length > 0 ? ` Fingerprint: ${plan.fingerprint}` : ''}`].join('\n')
}

/** The plan for programs: the same facts, with secrets and unknown values marked as such. */
export function planToJson(plan: Plan): Record<string, unknown> {
  return {
    owner: plan.owner,
    fingerprint: plan.fingerprint,
    changes: plan.work.some(({ step }) => step.action !== 'none'),
    steps: plan.work.map(({ step }) => step),
  }
}

function renderStep(step: PlannedStep, paint: Paint): string {
  const head = paint(step.action, `${signs[step.action]} ${words[step.action]} ${step.label}`)
  const lines = [`${head}  ${paint('faint', step.address)}`]
  for (const change of step.changes) lines.push(...(isWhole(step) ? renderFact(change) : renderChange(change)))
  const notes = [step.reason, step.remedy].filter((note) => note !== undefined)
  if (notes.length > 0) lines.push(`    ${notes.join(' ')}`)
  return `${lines.join('\n')}\n`
}

/** What is made or goes as a whole: the sign before its name says it of all that it has. */
function isWhole({ action, changes }: PlannedStep): boolean {
  if (action === 'create') return true
  return (action === 'delete' || action === 'unwanted') && changes.every(({ after }) => after === undefined)
}

function renderFact({ field, before, after }: Change): string[] {
  const shown = after ?? before
  const lines = shown === undefined ? [] : linesOf(shown)
  if (lines.length < 2) return [`    ${field}: ${lines[0] ?? ''}`]
  return [`    ${field}:`, ...lines.map((line) => `      ${line}`)]
}

/** Whoever reviews a plan must not take what goes for what comes. */
function renderChange({ field, before, after }: Change): string[] {
  const [old, coming] = [before, after].map((shown) => (shown === undefined ? [] : linesOf(shown)))
  if (old === undefined || coming === undefined) return []
  if (old.length < 2 && coming.length < 2) return [`    ${field}: ${old[0] ?? '(none)'} → ${coming[0] ?? '(none)'}`]
  return [`    ${field}:`, ...differingLines(old, coming).map((line) => `      ${line}`)]
}

function linesOf(shown: Shown): string[] {
  switch (shown.kind) {
    case 'secret':
      return ['(secret)']
    case 'unknown':
      return [`(known after ${shown.from} exists)`]
    case 'value':
      return jsonLines(shown.value)
  }
}

const widest = 96

function jsonLines(value: JsonValue): string[] {
  if (typeof value === 'string') return [value]
  const compact = JSON.stringify(value)
  return compact.length <= widest ? [compact] : JSON.stringify(value, null, 2).split('\n')
}

/** What differs between two texts: the lines between their common beginning and end. */
function differingLines(before: readonly string[], after: readonly string[]): string[] {
  let start = 0
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++
  let end = 0
  const room = Math.min(before.length, after.length) - start
  while (end < room && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  const removed = before.slice(start, before.length - end).map((line) => `- ${line}`)
  const added = after.slice(start, after.length - end).map((line) => `+ ${line}`)
  return [...removed, ...added]
}

const toDo: ReadonlySet<Action> = new Set(['create', 'update', 'adopt', 'delete', 'release'])

function renderSummary(steps: readonly PlannedStep[]): string {
  const count = (action: Action) => steps.filter((step) => step.action === action).length
  const order: Action[] = ['create', 'update', 'adopt', 'delete', 'release', 'unwanted', 'blocked', 'none']
  const said = (action: Action) => (toDo.has(action) ? `to ${words[action]}` : words[action])
  const parts = order.filter((action) => count(action) > 0).map((action) => `${count(action)} ${said(action)}`)
  if (steps.every((step) => step.action === 'none')) return `No changes. ${steps.length} object(s) as wanted.`
  return `Plan: ${parts.join(', ')}.`
}
