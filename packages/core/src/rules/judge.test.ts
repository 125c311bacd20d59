import { describe, expect, it } from 'vitest'
import { judge } from './judge.ts'
import { failed, passed, type Rule, unknown } from './rule.ts'

type Question = Readonly<Record<string, 'yes' | 'no' | 'unclear'>>

const refusal = (code: string) => ({ code, message: `no ${code}`, status: 400 })

function rule(name: string, ...needs: string[]): Rule<Question> {
  return {
    name,
    needs,
    check(question) {
      if (question[name] === 'unclear') return [unknown(`${name} is unclear`)]
      if (question[name] === 'no') return [failed(refusal(name), `${name} fails`, { expected: 'yes', actual: 'no' })]
      return [passed(`${name} holds`)]
    },
  }
}

const rules = [rule('first'), rule('second'), rule('third', 'first'), rule('fourth', 'third')]

describe('judge', () => {
  it('accepts what every rule lets pass', () => {
    const verdict = judge(rules, {})
    expect(verdict.decision).toBe('accepted')
    expect(verdict.rules.map((one) => one.rule)).toEqual(['first', 'second', 'third', 'fourth'])
    expect(verdict).not.toHaveProperty('refusal')
  })

  it('refuses with the first failure, and asks all that does not build on one', () => {
    const verdict = judge(rules, { first: 'no', second: 'no' })
    expect(verdict).toEqual({
      decision: 'refused',
      rules: [
        { rule: 'first', outcome: 'failed', detail: 'first fails', expected: 'yes', actual: 'no' },
        { rule: 'second', outcome: 'failed', detail: 'second fails', expected: 'yes', actual: 'no' },
        { rule: 'third', outcome: 'not reached', detail: 'Not asked, because it builds on the rule "first".' },
        { rule: 'fourth', outcome: 'not reached', detail: 'Not asked, because it builds on the rule "third".' },
      ],
      refusal: { code: 'first', message: 'no first', status: 400 },
    })
  })

  it('does not guess: what is unclear leaves the decision open, unless another rule refuses', () => {
    expect(judge(rules, { second: 'unclear' }).decision).toBe('unknown')
    expect(judge(rules, { second: 'unclear', third: 'no' }).decision).toBe('refused')
  })
})
