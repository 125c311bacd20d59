import type { Plan } from '@federate/core/plan'
import { describe, expect, it } from 'vitest'
import { confirmPlan } from './confirm.ts'
import { FakeTerminal } from './fake-terminal.test-kit.ts'

const plan: Plan = { owner: 'acme', work: [], existing: new Map(), fingerprint: '0123456789abcdef' }

describe('confirmPlan', () => {
  it('takes yes for an answer, and nothing else', async () => {
    await confirmPlan(plan, {}, new FakeTerminal({ answers: ['yes'] }))
    for (const answer of ['y', 'YES', 'no', '']) {
      await expect(confirmPlan(plan, {}, new FakeTerminal({ answers: [answer] }))).rejects.toMatchObject({
        code: 'DECLINED',
        problem: `The answer was "${answer}", not "yes". Nothing was changed.`,
      })
    }
  })

  it('asks nobody with --yes or with the right fingerprint', async () => {
    const terminal = new FakeTerminal()
    await confirmPlan(plan, { yes: true }, terminal)
    await confirmPlan(plan, { expect: plan.fingerprint }, terminal)
    expect(terminal.stderr).toBe('')
  })

  it('refuses another plan than the reviewed one, even with --yes', async () => {
    await expect(confirmPlan(plan, { yes: true, expect: 'ffff' }, new FakeTerminal())).rejects.toMatchObject({
      code: 'PLAN_UNEXPECTED',
      message:
        'The plan is not the one that was reviewed: its fingerprint is 0123456789abcdef, --expect says ffff. Nothing was changed. Review the plan above; if it is right, run the command again with its fingerprint.',
    })
  })

  it('refuses where nobody can be asked, and names both ways on', async () => {
    await expect(confirmPlan(plan, {}, new FakeTerminal())).rejects.toMatchObject({
      code: 'CONFIRMATION_MISSING',
      outcome: 'usage',
      next: 'Run it with --expect 0123456789abcdef to apply exactly this plan, or with --yes to apply whatever the plan is then.',
    })
  })
})
