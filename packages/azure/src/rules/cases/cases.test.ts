import { describe, expect, it } from 'vitest'
import { evaluate } from '../evaluate.ts'
import { credentialProblems } from '../limits.ts'
import { type AcceptanceCase, questionOf } from './acceptance-case.ts'
import { audienceCases } from './audience-cases.ts'
import { issuerCases } from './issuer-cases.ts'
import { keyCases } from './key-cases.ts'
import { limitCases } from './limit-cases.ts'
import { subjectCases } from './subject-cases.ts'
import { timeCases } from './time-cases.ts'
import { tokenCases } from './token-cases.ts'

const tables: Readonly<Record<string, readonly AcceptanceCase[]>> = {
  'the token': tokenCases,
  'its issuer': issuerCases,
  'its subject': subjectCases,
  'its audience': audienceCases,
  'its times': timeCases,
  'its key': keyCases,
}
const all = [...Object.values(tables).flat(), ...limitCases]

describe('the tables', () => {
  it('name a source for every case', () => {
    expect(all.filter((one) => one.source.trim().length < 8).map((one) => one.name)).toEqual([])
  })

  it('name every case once', () => {
    const names = [
      ...Object.entries(tables).flatMap(([table, cases]) => cases.map((one) => `${table}: ${one.name}`)),
      ...limitCases.map((one) => `limits: ${one.name}`),
    ]
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it('are at least a hundred', () => {
    expect(all.length).toBeGreaterThanOrEqual(100)
  })
})

for (const [table, cases] of Object.entries(tables))
  describe(table, () => {
    it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => check(one))
  })

describe('what is stored', () => {
  it.each(limitCases.map((one) => [one.name, one] as const))('%s', (_, { credential, siblings, expected }) => {
    expect(credentialProblems(credential, siblings).map(({ field }) => field)).toEqual(expected)
  })
})

function check({ expected, ...one }: AcceptanceCase): void {
  const verdict = evaluate(questionOf(one))
  const failures = verdict.rules.filter((rule) => rule.outcome === 'failed')
  if (expected.decision === 'refused') {
    expect(failures[0]?.rule, JSON.stringify(verdict.rules)).toBe(expected.rule)
    expect(verdict.refusal?.code).toBe(expected.code)
    if (expected.hint !== undefined) expect(failures[0]?.detail).toContain(expected.hint)
    if (expected.message !== undefined) expect(verdict.refusal?.message).toContain(expected.message)
  } else {
    expect(failures).toEqual([])
    expect(verdict.refusal).toBeUndefined()
    const names = (outcome: string) => verdict.rules.filter((rule) => rule.outcome === outcome).map((rule) => rule.rule)
    if (expected.warning !== undefined) expect(names('warning')).toContain(expected.warning)
    if (expected.unknown !== undefined) expect(names('unknown')).toContain(expected.unknown)
  }
  expect(verdict.decision).toBe(expected.decision)
}
