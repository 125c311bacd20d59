import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFetch, Token } from '@federate/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { executable } from './executable.ts'
import { parseGcpRuntime } from './target.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const provider = 'projects/123456789/locations/global/workloadIdentityPools/on-prem/providers/keycloak'
const runtime = parseGcpRuntime({ provider }, 'test')
const token = new Token('e30.e30.x', new Date(now + 300_000))
const context = (env: Record<string, string>) => ({
  signal: new AbortController().signal,
  now: () => now,
  fetch: nodeFetch(),
  env,
  warn: () => undefined,
})
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-gcp-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the executable contract', () => {
  it('has the token, and a time before it expires', async () => {
    expect(JSON.parse(await executable.answer(token, runtime, context({})))).toEqual({
      version: 1,
      success: true,
      token_type: 'urn:ietf:params:oauth:token-type:jwt',
      id_token: 'e30.e30.x',
      expiration_time: now / 1000 + 240,
    })
  })

  it('writes the file that the library names, for the owner alone', async () => {
    const file = join(folder, 'new', 'token.json')
    const text = await executable.answer(token, runtime, context({ GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE: file }))
    expect(await readFile(file, 'utf8')).toBe(text)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('answers also where that file cannot be written', async () => {
    const file = '/proc/federate/token.json'
    const text = await executable.answer(token, runtime, context({ GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE: file }))
    expect(JSON.parse(text)).toMatchObject({ success: true })
  })

  it.each([
    [
      'GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE',
      '//iam.googleapis.com/other',
      'this target is for //iam.googleapis.com/projects',
    ],
    [
      'GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL',
      'x@a.iam.gserviceaccount.com',
      'this target is for no service account',
    ],
  ])('has no token for another %s', async (name, value, problem) => {
    await expect(executable.answer(token, runtime, context({ [name]: value }))).rejects.toMatchObject({
      code: 'GCP_OTHER_TARGET',
      problem: expect.stringContaining(problem),
    })
  })

  it('says why there is none, and nothing of what is not ours', () => {
    expect(JSON.parse(executable.refusal(new Error('secret')))).toEqual({
      version: 1,
      success: false,
      code: 'UNEXPECTED',
      message: 'federate failed in an unexpected way.',
    })
  })
})
