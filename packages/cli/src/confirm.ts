import { FederateError } from '@federate/core'
import type { Plan } from '@federate/core/plan'
import type { Terminal } from './terminal.ts'

export interface ConfirmOptions {
  yes?: boolean
  expect?: string
}

/**
 * Makes sure that somebody wants this very plan applied.
 *
 * @throws FederateError `PLAN_UNEXPECTED` when it is not the plan that `--expect` names, `CONFIRMATION_MISSING` when
 * nobody is there to ask, `DECLINED` when the answer is no.
 */
export async function confirmPlan(
  plan: Plan,
  options: ConfirmOptions,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<void> {
  refuseUnexpected(plan, options)
  if (options.yes === true || options.expect !== undefined) return
  if (!terminal.interactive) throw nobodyToAsk(plan)
  const answer = await terminal.ask('Apply this plan? Only "yes" does: ', signal)
  if (answer !== 'yes') throw declined(answer)
}

/** @throws FederateError `PLAN_UNEXPECTED` when it is not the plan that `--expect` names. */
export function refuseUnexpected(plan: Plan, { expect }: ConfirmOptions): void {
  if (expect !== undefined && expect !== plan.fingerprint) throw unexpected(plan, expect)
}

function unexpected(plan: Plan, expected: string): FederateError {
  return new FederateError({
    code: 'PLAN_UNEXPECTED',
    outcome: 'failed',
    problem: `The plan is not the one that was reviewed: its fingerprint is ${plan.fingerprint}, --expect says ${expected}. Nothing was changed.`,
    next: 'Review the plan above; if it is right, run the command again with its fingerprint.',
    details: { expected, actual: plan.fingerprint },
  })
}

function nobodyToAsk(plan: Plan): FederateError {
  return new FederateError({
    code: 'CONFIRMATION_MISSING',
    outcome: 'usage',
    problem: 'The plan needs a yes, and there is no terminal to ask on. Nothing was changed.',
    next: `Run it with --expect ${plan.fingerprint} to apply exactly this plan, or with --yes to apply whatever the plan is then.`,
    details: { fingerprint: plan.fingerprint },
  })
}

function declined(answer: string): FederateError {
  return new FederateError({
    code: 'DECLINED',
    outcome: 'failed',
    problem: `The answer was "${answer}", not "yes". Nothing was changed.`,
    next: 'Run the command again when the plan is right.',
  })
}
