import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, answerPath, fileStamp, knownAnswer } from './answer.ts'
import { keepAnswer } from './keep-answer.ts'

let root: string
let service: string
let answer: Answer
const now = Date.UTC(2026, 0, 1)

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'federate-answer-'))
  service = join(root, 'billing.federate.json')
  await writeFile(service, '{}')
  answer = {
    question: { args: ['credentials', 'aws'], cwd: root, version: '1.0.0' },
    environment: { AWS_REGION: 'eu-west-1', FEDERATE_SERVICE: null },
    files: { [service]: fileStamp(service) },
    from: now,
    until: now + 2000_000,
    output: 'credentials\n',
  }
  // The cache makes its folder before any answer is kept.
  await mkdir(join(root, 'credentials'), { mode: 0o700 })
  await keepAnswer(answer, environment(), () => now)
})

afterEach(() => rm(root, { recursive: true, force: true }))

function environment(more: Record<string, string> = {}) {
  return { CACHE_DIRECTORY: root, AWS_REGION: 'eu-west-1', ...more }
}

describe('knownAnswer', () => {
  it('gives what was printed, within its time', () => {
    expect(knownAnswer(answer.question, environment(), () => now)).toBe('credentials\n')
    expect(knownAnswer(answer.question, environment(), () => now + 1999_999)).toBe('credentials\n')
    expect(knownAnswer(answer.question, environment(), () => now + 2000_000)).toBeUndefined()
    expect(knownAnswer(answer.question, environment(), () => now - 61_000)).toBeUndefined()
  })

  it.each([
    ['another version', { version: '1.0.1' }],
    ['another folder', { cwd: '/' }],
    ['other words', { args: ['credentials', 'aws', '--format', 'env'] }],
  ])('does not give it to %s', (_name, other) => {
    expect(knownAnswer({ ...answer.question, ...other }, environment(), () => now)).toBeUndefined()
  })

  it('does not give it when a variable differs', () => {
    expect(knownAnswer(answer.question, environment({ AWS_REGION: 'us-east-1' }), () => now)).toBeUndefined()
    expect(knownAnswer(answer.question, environment({ FEDERATE_SERVICE: 'other' }), () => now)).toBeUndefined()
  })

  it('does not give it when the service file was written again, replaced or removed', async () => {
    await writeFile(join(root, 'new'), '{}')
    await rename(join(root, 'new'), service)
    expect(knownAnswer(answer.question, environment(), () => now)).toBeUndefined()
    await keepAnswer({ ...answer, files: { [service]: fileStamp(service) } }, environment(), () => now)
    expect(knownAnswer(answer.question, environment(), () => now)).toBe('credentials\n')
    await rm(service)
    expect(knownAnswer(answer.question, environment(), () => now)).toBeUndefined()
  })

  it('does not take a question of the same hash for the same', async () => {
    const other = { ...answer.question, args: ['credentials', 'gcp'] }
    await writeFile(
      answerPath(other, environment()) ?? '',
      await readFile(answerPath(answer.question, environment()) ?? ''),
      {
        mode: 0o600,
      },
    )
    expect(knownAnswer(other, environment(), () => now)).toBeUndefined()
  })

  it('takes no file for an answer that is not one', async () => {
    const path = answerPath(answer.question, environment()) ?? ''
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        await writeFile(path, text, { mode: 0o600 })
        expect(knownAnswer(answer.question, environment(), () => now)).toBeUndefined()
      }),
      { numRuns: 50 },
    )
  })
})

it('is not kept when a file changed after it was read', async () => {
  const question = { ...answer.question, args: ['credentials', 'aws', '--json'] }
  await keepAnswer({ ...answer, question, files: { [service]: 'as it was' } }, environment(), () => now)
  expect(knownAnswer(question, environment(), () => now)).toBeUndefined()
})
