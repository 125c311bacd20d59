import { FederateError } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { reportFailure } from './failure.ts'
import { FakeTerminal } from './fake-terminal.test-kit.ts'

const refused = new FederateError({
  code: 'AWS_NOT_AUTHORIZED',
  outcome: 'refused',
  problem: 'AWS refused the token.',
  next: 'Run `federate explain aws`.',
  details: { expected: 'service-account-billing', actual: 'service-account-reporting' },
})

describe('reportFailure', () => {
  it('tells people what was asked, the code, the problem, both values and the next step', () => {
    const terminal = new FakeTerminal()
    expect(reportFailure(refused, 'credentials aws', terminal, false)).toBe(3)
    expect(terminal.stdout).toBe('')
    expect(terminal.stderr).toBe(
      [
        'error AWS_NOT_AUTHORIZED  (federate credentials aws)',
        '  AWS refused the token.',
        '    expected: service-account-billing',
        '    actual:   service-account-reporting',
        '  next: Run `federate explain aws`.',
        '',
      ].join('\n'),
    )
  })

  it('tells programs the same as JSON on stdout', () => {
    const terminal = new FakeTerminal()
    reportFailure(refused, 'credentials aws', terminal, true)
    expect(JSON.parse(terminal.stdout)).toEqual({
      error: {
        asked: 'credentials aws',
        code: 'AWS_NOT_AUTHORIZED',
        outcome: 'refused',
        problem: 'AWS refused the token.',
        next: 'Run `federate explain aws`.',
        details: { expected: 'service-account-billing', actual: 'service-account-reporting' },
      },
    })
    expect(terminal.stderr).toBe('')
  })

  it.each([
    ['usage', 64],
    ['refused', 3],
    ['unreachable', 4],
    ['failed', 1],
  ] as const)('gives %s the exit status %d', (outcome, status) => {
    const error = new FederateError({ code: 'X', outcome, problem: 'P.', next: 'N.' })
    expect(reportFailure(error, '', new FakeTerminal(), false)).toBe(status)
  })

  it('gives an interruption the status of shells', () => {
    const error = new FederateError({ code: 'APPLY_INTERRUPTED', outcome: 'failed', problem: 'P.', next: 'N.' })
    expect(reportFailure(error, '', new FakeTerminal(), false)).toBe(130)
  })

  it('reports what it did not foresee without what looks like a token in it', () => {
    const terminal = new FakeTerminal()
    const token = `eyJhbGciOiJSUzI1NiJ9.${'a'.repeat(20)}.${'b'.repeat(20)}`
    expect(reportFailure(new Error(`bad ${token}`), 'token', terminal, false)).toBe(1)
    expect(terminal.stderr).toContain('UNEXPECTED')
    expect(terminal.stderr).toContain('[token sha256:')
    expect(terminal.stderr).not.toContain('eyJ')
  })
})
