import { describe, expect, it } from 'vitest'
import { evaluate } from '../evaluate.ts'
import { type AcceptanceCase, questionOf } from './acceptance-case.ts'
import { audienceCases } from './audience-cases.ts'
import { callCases } from './call-cases.ts'
import { conditionCases } from './condition-cases.ts'
import { sessionPolicyCases } from './session-policy-cases.ts'
import { timeCases } from './time-cases.ts'
import { tokenCases } from './token-cases.ts'
import { trustCases } from './trust-cases.ts'

const tables: Readonly<Record<string, readonly AcceptanceCase[]>> = {
  'the token': tokenCases,
  'its times': timeCases,
  'its audience': audienceCases,
  'the call': callCases,
  'its session policies': sessionPolicyCases,
  'the trust policy': trustCases,
  'its conditions': conditionCases,
}
const all = Object.values(tables).flat()

describe('the tables', () => {
  it('name a source for every case', () => {
    expect(all.filter((one) => one.source.trim().length < 8).map((one) => one.name)).toEqual([])
  })

  it('are no fewer than 150', () => {
    expect(all.length).toBeGreaterThanOrEqual(150)
  })

  it('name every case once', () => {
    const names = Object.entries(tables).flatMap(([table, cases]) => cases.map((one) => `${table}: ${one.name}`))
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })
})

for (const [table, cases] of Object.entries(tables))
  describe(table, () => {
    it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => check(one))
  })

function check({ expected, ...one }: AcceptanceCase): void {
  const verdict = evaluate(questionOf(one))
  const failures = verdict.rules.filter((rule) => rule.outcome === 'failed')
  if (expected.decision === 'refused') {
    expect(failures[0]?.rule, JSON.stringify(verdict.rules)).toBe(expected.rule)
    expect(verdict.refusal?.code).toBe(expected.code)
    if (expected.message !== undefined) expect(verdict.refusal?.message).toMatch(expected.message)
  } else {
    expect(failures).toEqual([])
    expect(verdict.refusal).toBeUndefined()
    const names = (outcome: string) => verdict.rules.filter((rule) => rule.outcome === outcome).map((rule) => rule.rule)
    if (expected.warning !== undefined) expect(names('warning')).toContain(expected.warning)
    if (expected.unknown !== undefined) expect(names('unknown')).toContain(expected.unknown)
  }
  expect(verdict.decision).toBe(expected.decision)
}
