import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorOf, FakeClock, signedJwt } from '../test-support.ts'
import { tokenFile } from './token-file.ts'
import type { TokenRequest } from './token-source.ts'

const clock = new FakeClock()
const exp = clock.now() / 1000 + 600

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'federate-token-'))
})
afterAll(() => rm(directory, { recursive: true }))

async function source(content: string, name = 'token') {
  await writeFile(join(directory, name), content)
  return tokenFile({ file: name, baseDirectory: directory, now: clock.now })
}

describe('tokenFile', () => {
  it('reads the file at every call, trims it, and takes the expiry from the token', async () => {
    const [first, second] = [await signedJwt({ exp }), await signedJwt({ exp: exp + 600 })]
    const tokens = await source(`${first}\n`)
    const token = await tokens.getToken()
    expect(token.reveal()).toBe(first)
    expect(token.expiresAt.getTime()).toBe(exp * 1000)
    await writeFile(join(directory, 'token'), ` ${second} \r\n`)
    expect((await tokens.getToken()).reveal()).toBe(second)
  })

  it.each([['sts.amazonaws.com'], [['other', 'sts.amazonaws.com']]])('accepts the audience %j', async (aud) => {
    const tokens = await source(await signedJwt({ exp, aud, scope: 'read write' }))
    await expect(
      tokens.getToken({ audience: 'sts.amazonaws.com', scope: ['read'], minValidity: 600 }),
    ).resolves.toBeDefined()
  })

  it.each<[string, string, Record<string, unknown>, TokenRequest, string]>([
    [
      'TOKEN_AUDIENCE',
      'failed',
      { exp, aud: 'api' },
      { audience: 'sts' },
      'has the audience api, where sts was asked for',
    ],
    ['TOKEN_AUDIENCE', 'failed', { exp }, { audience: 'sts' }, 'has no audience, where sts was asked for'],
    [
      'TOKEN_SCOPE',
      'failed',
      { exp, scope: 'read' },
      { scope: ['read', 'write'] },
      'has the scopes "read", where write',
    ],
    ['TOKEN_FILE_NO_EXPIRY', 'usage', {}, {}, 'has no "exp"'],
    [
      'TOKEN_FILE_EXPIRED',
      'failed',
      { exp: exp - 660 },
      {},
      'expired at 2026-11-20T11:59:00.000Z; it is 2026-11-20T12:00:00.000Z now',
    ],
    ['TOKEN_LIFETIME_TOO_SHORT', 'failed', { exp }, { minValidity: 601 }, 'lives for 600 s, where at least 601 s'],
  ])('throws %s', async (code, outcome, claims, request, problem) => {
    const tokens = await source(await signedJwt(claims))
    const error = await errorOf(() => tokens.getToken(request))
    expect(error).toMatchObject({ code, outcome })
    expect(error.problem).toContain(join(directory, 'token'))
    expect(error.problem).toContain(problem)
  })

  it.each([
    ['TOKEN_FILE_EMPTY', ' \n', 'is empty'],
    ['TOKEN_FILE_NOT_A_JWT', 'opaque-canary', 'holds 13 characters that are not a JWT'],
    ['TOKEN_FILE_UNREADABLE', 'x'.repeat(256_001), 'is larger than 256000 bytes'],
  ])('throws %s', async (code, content, problem) => {
    const tokens = await source(content)
    const error = await errorOf(() => tokens.getToken())
    expect(error).toMatchObject({ code, outcome: 'usage' })
    expect(error.problem).toContain(problem)
    expect(error.message).not.toContain('canary')
  })

  it('says when the file is missing or no file', async () => {
    const missing = await errorOf(() => tokenFile({ file: join(directory, 'none') }).getToken())
    expect(missing).toMatchObject({ code: 'TOKEN_FILE_MISSING', outcome: 'usage' })
    expect(missing.problem).toBe(`The token file ${join(directory, 'none')} does not exist.`)
    const folder = await errorOf(() => tokenFile({ file: directory }).getToken())
    expect(folder).toMatchObject({ code: 'TOKEN_FILE_UNREADABLE' })
    expect(folder.problem).toContain('EISDIR')
  })
})
