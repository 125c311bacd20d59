import { describe, expect, it } from 'vitest'
import type { Verdict } from '../verdict.ts'

/** A case of a cloud's acceptance rules: `source` names the page, recording or thread that its answer comes from. */
export interface SourcedCase {
  readonly name: string
  readonly source: string
}

/** What the cloud says to a case. */
export type Expectation =
  | { readonly decision: 'accepted' | 'unknown'; readonly warning?: string; readonly unknown?: string }
  /** `rule`: the first that failed; `hint`: words of its detail. */
  | {
      readonly decision: 'refused'
      readonly rule: string
      readonly code: string
      readonly hint?: string
      readonly message?: string | RegExp
    }

export const accepted: Expectation = { decision: 'accepted' }

export function acceptedWith(warning: string): Expectation {
  return { decision: 'accepted', warning }
}

export function unknownBecause(rule: string): Expectation {
  return { decision: 'unknown', unknown: rule }
}

export function refused(rule: string, code: string, message?: string | RegExp): Expectation {
  return { decision: 'refused', rule, code, ...(message === undefined ? {} : { message }) }
}

/** Cases by what they are about. */
type Tables<Case> = Readonly<Record<string, readonly Case[]>>

/** Tests that every case has a name of its own and a source, and that none was lost. */
export function testSources(tables: Tables<SourcedCase>, atLeast: number): void {
  const all = Object.entries(tables).flatMap(([table, cases]) =>
    cases.map(({ name, source }) => ({ name: `${table}: ${name}`, source })),
  )
  describe('the tables', () => {
    it('name a source for every case', () => {
      expect(all.filter(({ source }) => source.trim().length < 8).map(({ name }) => name)).toEqual([])
    })

    it(`have at least ${atLeast} cases`, () => {
      expect(all.length).toBeGreaterThanOrEqual(atLeast)
    })

    it('name every case once', () => {
      const names = all.map(({ name }) => name)
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    })
  })
}

/** Tests that the rules say of every case what its cloud says. */
export function testVerdicts<Case extends SourcedCase & { readonly expected: Expectation }>(
  tables: Tables<Case>,
  judge: (one: Case) => Verdict,
): void {
  for (const [table, cases] of Object.entries(tables))
    describe(table, () => {
      it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => compare(judge(one), one.expected))
    })
}

function compare(verdict: Verdict, expected: Expectation): void {
  const named = (outcome: string) => verdict.rules.filter((rule) => rule.outcome === outcome).map(({ rule }) => rule)
  if (expected.decision === 'refused') {
    const first = verdict.rules.find(({ outcome }) => outcome === 'failed')
    expect(first?.rule, JSON.stringify(verdict.rules)).toBe(expected.rule)
    expect(verdict.refusal?.code).toBe(expected.code)
    if (expected.hint !== undefined) expect(first?.detail).toContain(expected.hint)
    if (expected.message !== undefined) expect(verdict.refusal?.message).toMatch(expected.message)
  } else {
    expect(named('failed')).toEqual([])
    expect(verdict.refusal).toBeUndefined()
    if (expected.warning !== undefined) expect(named('warning')).toContain(expected.warning)
    if (expected.unknown !== undefined) expect(named('unknown')).toContain(expected.unknown)
  }
  expect(verdict.decision).toBe(expected.decision)
}
