import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { credentials } from './commands/credentials.ts'
import { everydayAnswer, everydayQuestion } from './everyday.ts'
import { FakeTerminal } from './fake-terminal.test-kit.ts'
import { run } from './run.ts'

vi.mock('./commands/credentials.ts', () => ({ credentials: vi.fn(async () => 0) }))
beforeEach(() => vi.mocked(credentials).mockClear())

/** What commander makes of a command line; nothing where it refuses it or answers itself. */
async function byCommander(args: readonly string[]): Promise<unknown> {
  vi.mocked(credentials).mockClear()
  await run(args, '1.2.3', new FakeTerminal())
  return vi.mocked(credentials).mock.calls[0]?.[0]
}

const word = fc.oneof(
  fc.constantFrom(
    'billing.federate.json',
    's3',
    'env',
    'a b',
    '-',
    '--',
    '',
    '-x',
    '--json',
    '--no-cache',
    'ä',
    '__proto__',
  ),
  fc.string({ maxLength: 6 }),
)
const flag = fc.constantFrom(
  '-s',
  '--service',
  '--target',
  '--format',
  '--json',
  '--no-cache',
  '--service=x',
  '-sx',
  'constructor',
)
const line = fc
  .tuple(
    fc.constantFrom('credentials', 'credentials', 'credentials', 'token'),
    fc.constantFrom('aws', 'gcp', 'azure', 'moon', '--help'),
    fc.array(fc.tuple(flag, word), { maxLength: 4 }),
    fc.option(word, { nil: undefined }),
  )
  .map(([verb, cloud, pairs, last]) => [verb, cloud, ...pairs.flat(), ...(last === undefined ? [] : [last])])

describe('an everyday question', () => {
  it('is read as commander reads it, or left to it', async () => {
    await fc.assert(
      fc.asyncProperty(line, async (args) => {
        const question = everydayQuestion(args)
        if (question !== undefined) expect(question).toEqual(await byCommander(args))
      }),
    )
  })

  it.each([
    ['credentials aws', { cloud: 'aws' }],
    ['credentials gcp -s billing.federate.json', { cloud: 'gcp', service: 'billing.federate.json' }],
    [
      'credentials azure --service b.json --target files --format env',
      { cloud: 'azure', service: 'b.json', target: 'files', format: 'env' },
    ],
  ])('is %s', async (text, options) => {
    const question = everydayQuestion(text.split(' '))
    expect(question).toEqual({ cache: true, ...options })
    expect(question).toEqual(await byCommander(text.split(' ')))
  })

  it.each([
    'credentials',
    'credentials moon',
    'credentials aws --help',
    'credentials aws -s',
    'credentials aws -s a -s b',
    'credentials aws --target --format',
    'credentials aws --no-cache',
    'credentials aws --json --format env',
    'credentials aws --trace',
    'token aws',
  ])('is not %s', (text) => {
    expect(everydayQuestion(text.split(' '))).toBeUndefined()
    expect(everydayAnswer(text.split(' '), '1.2.3', new FakeTerminal())).toBeUndefined()
  })

  it('is answered with the exit status, and its failure printed like any other', async () => {
    vi.mocked(credentials).mockRejectedValueOnce(new TypeError('odd'))
    const terminal = new FakeTerminal()
    expect(await everydayAnswer(['credentials', 'aws', '-s', 'x'], '1.2.3', terminal)).toBe(1)
    expect(terminal.stderr).toContain('error UNEXPECTED  (federate credentials aws)')
    expect(terminal.stderr).toContain('TypeError: odd')
    expect(await everydayAnswer(['credentials', 'aws', '-s', 'x'], '1.2.3', terminal)).toBe(0)
  })
})
