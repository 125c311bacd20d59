import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorOf, FakeClock, fakeFetch, type Reply, signedJwt } from '../test-support.ts'
import { githubActions } from './github-actions.ts'
import { tokenText } from './given-token.ts'
import { type TokenCommandOptions, tokenCommand } from './token-command.ts'
import { tokenEnvironment } from './token-environment.ts'
import { tokenFile } from './token-file.ts'

const clock = new FakeClock()
const exp = clock.now() / 1000 + 600
const jwt = await signedJwt({ aud: 'api://orders', exp, scope: 'read' })
const expired = await signedJwt({ exp: clock.now() / 1000 - 5 })

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'federate-source-'))
})
afterAll(() => rm(directory, { recursive: true }))

describe('tokenEnvironment', () => {
  const source = (value?: string) =>
    tokenEnvironment({ env: 'CI_TOKEN', environment: { CI_TOKEN: value }, now: clock.now })

  it('gives the token of a variable', async () => {
    const token = await source(`${jwt}\n`).getToken({ audience: 'api://orders', scope: ['read'] })
    expect(token.reveal()).toBe(jwt)
    expect(token.expiresAt).toEqual(new Date(exp * 1000))
  })

  it.each([
    ['TOKEN_ENV_MISSING', undefined, {}, 'The environment variable CI_TOKEN, which should hold the token, is not set.'],
    ['TOKEN_ENV_EMPTY', ' ', {}, 'The environment variable CI_TOKEN is empty.'],
    ['TOKEN_ENV_NOT_A_JWT', 'canary', {}, 'The environment variable CI_TOKEN holds 6 characters that are not a JWT.'],
    ['TOKEN_ENV_EXPIRED', expired, {}, 'The token in the environment variable CI_TOKEN expired at '],
    [
      'TOKEN_AUDIENCE',
      jwt,
      { audience: 'other' },
      'has the audience api://orders, where other was asked for; a variable cannot',
    ],
    ['TOKEN_SCOPE', jwt, { scope: ['write'] }, 'has the scopes "read", where write was asked for'],
    ['TOKEN_LIFETIME_TOO_SHORT', jwt, { minValidity: 601 }, 'lives for 600 s, where at least 601 s'],
  ])('throws %s', async (code, value, request, problem) => {
    const error = await errorOf(() => source(value).getToken(request))
    expect(error.code).toBe(code)
    expect(error.problem).toContain(problem)
    expect(error.message).not.toContain('canary')
  })
})

describe('tokenText', () => {
  it('gives the one token that was written, and says what is wrong with another', async () => {
    expect((await tokenText('Standard input', `${jwt}\n`, clock.now).getToken()).reveal()).toBe(jwt)
    const empty = await errorOf(() => tokenText('Standard input', '', clock.now).getToken())
    expect(empty).toMatchObject({ code: 'TOKEN_TEXT_EMPTY', problem: 'Standard input is empty.' })
    const dead = await errorOf(() => tokenText('Standard input', expired, clock.now).getToken())
    expect(dead.code).toBe('TOKEN_TEXT_EXPIRED')
    expect(dead.problem).toContain('The token from standard input expired at ')
  })
})

describe('tokenFile', () => {
  it('waits for a writer that cuts the file before it writes', async () => {
    const file = join(directory, 'cut')
    await writeFile(file, '')
    const waiting = tokenFile({ file, now: clock.now }).getToken()
    setTimeout(() => void writeFile(file, jwt), 20)
    expect((await waiting).reveal()).toBe(jwt)
  })

  it('never sees half of what Kubernetes swaps by symbolic links', async () => {
    const [first, second] = await Promise.all([
      signedJwt({ exp, n: 1 }),
      signedJwt({ exp, n: 2, pad: 'x'.repeat(5000) }),
    ])
    // As the kubelet does: the file is a link through ..data, and ..data is renamed over.
    for (const [name, text] of Object.entries({ '..first': first, '..second': second })) {
      await mkdir(join(directory, name))
      await writeFile(join(directory, name, 'token'), text)
    }
    await symlink('..first', join(directory, '..data'))
    const file = join(directory, 'token')
    await symlink('..data/token', file)
    const source = tokenFile({ file, now: clock.now })
    const swap = async (to: string) => {
      await symlink(to, join(directory, '..data_tmp'))
      await rename(join(directory, '..data_tmp'), join(directory, '..data'))
    }
    const seen = new Set<string>()
    for (let count = 0; count < 40; count += 1) {
      const [token] = await Promise.all([source.getToken(), swap(count % 2 === 0 ? '..second' : '..first')])
      seen.add(token.reveal())
    }
    expect([...seen].every((one) => one === first || one === second)).toBe(true)
    expect(seen.size).toBe(2)
  })
})

/** A program that runs this JavaScript. */
function command(program: string, options: Partial<TokenCommandOptions> = {}) {
  return tokenCommand({ command: [process.execPath, '--eval', program], now: clock.now, ...options })
}
const print = (value: unknown) =>
  `process.stdout.write(${JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value))})`

describe('tokenCommand', () => {
  it.each([
    ['a JWT', `${jwt}\n`, jwt, exp * 1000],
    ['OAuth with an opaque token', { access_token: 'opaque', expires_in: 60 }, 'opaque', clock.now() + 60_000],
    ['digits as text', { access_token: 'opaque', expires_in: '60' }, 'opaque', clock.now() + 60_000],
    ['an end in seconds', { id_token: 'opaque', expiration_time: exp }, 'opaque', exp * 1000],
    ['an end as a date', { token: 'opaque', expires_at: '2026-11-20T12:05:00Z' }, 'opaque', clock.now() + 300_000],
    [
      'an ExecCredential',
      { kind: 'ExecCredential', status: { token: 'opaque', expirationTimestamp: '2026-11-20T12:05:00Z' } },
      'opaque',
      clock.now() + 300_000,
    ],
    ['a JWT whose exp and expires_in disagree', { access_token: jwt, expires_in: 9999 }, jwt, exp * 1000],
  ])('understands %s', async (_, printed, value, end) => {
    const token = await command(print(printed)).getToken()
    expect(token.reveal()).toBe(value)
    expect(token.expiresAt.getTime()).toBe(end)
  })

  it('tells the program what is wanted, and runs it once for many callers', async () => {
    const program = `require('fs').appendFileSync(${JSON.stringify(join(directory, 'runs'))}, 'x');
      const { FEDERATE_AUDIENCE: a, FEDERATE_SCOPE: s, OTHER: o } = process.env;
      process.stdout.write(JSON.stringify({ token: [a, s, o].join('/'), expires_in: 300 }))`
    const source = command(program, { environment: { ...process.env, OTHER: 'kept' } })
    const request = { audience: 'api', scope: ['one', 'two'] }
    const failure = await errorOf(() => source.getToken(request))
    // A space is nothing that a token may have.
    expect(failure.code).toBe('TOKEN_COMMAND_OUTPUT')
    const tokens = await Promise.all([1, 2, 3].map(() => source.getToken({ audience: 'api', scope: ['one'] })))
    expect(new Set(tokens.map((token) => token.reveal()))).toEqual(new Set(['api/one/kept']))
    const { readFileSync } = await import('node:fs')
    expect(readFileSync(join(directory, 'runs'), 'utf8')).toBe('xx')
  })

  it('has no shell between', async () => {
    const options = {
      command: [
        process.execPath,
        '--eval',
        'process.stdout.write(JSON.stringify({token:process.argv[1].length+"",expires_in:9}))',
        '$(id); "x" | y',
      ],
    }
    expect((await tokenCommand({ ...options, now: clock.now }).getToken()).reveal()).toBe('14')
  })

  it.each([
    [
      'TOKEN_COMMAND_FAILED',
      'process.stderr.write("a\\nno ticket\\n"); process.exitCode = 3',
      'ended with status 3: "no ticket".',
    ],
    ['TOKEN_COMMAND_FAILED', 'process.exitCode = 1', 'ended with status 1 and said nothing.'],
    [
      'TOKEN_COMMAND_FAILED',
      'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 5000)',
      'was ended by SIGTERM',
    ],
    [
      'TOKEN_COMMAND_FAILED',
      'process.stdout.write("canary"); process.stderr.write("got canary"); process.exitCode = 1',
      '"got [redacted]"',
    ],
    [
      'TOKEN_COMMAND_OUTPUT',
      'process.stdout.write("x".repeat(5_000_000)); setTimeout(() => {}, 5000)',
      'printed more than 256000 bytes and was killed',
    ],
    ['TOKEN_COMMAND_OUTPUT', print('{"token": canary'), 'starts like JSON and is not'],
    ['TOKEN_COMMAND_OUTPUT', print({ password: 'canary' }), 'is JSON without a token'],
    ['TOKEN_COMMAND_OUTPUT', print({ token: 'canary', expires_in: -1 }), 'no length of time'],
    ['TOKEN_COMMAND_OUTPUT', print({ token: 'canary', expires_at: 'soon' }), 'no date or is years away'],
    ['TOKEN_COMMAND_OUTPUT', print({ token: 'canary', expires_at: 1e12 }), 'no date or is years away'],
    ['TOKEN_COMMAND_EMPTY', '', 'is empty'],
    ['TOKEN_COMMAND_NOT_A_JWT', print('canary'), '6 characters that are not a JWT'],
    ['TOKEN_COMMAND_NO_EXPIRY', print({ token: 'canary' }), 'nothing says how long it lives'],
    ['TOKEN_COMMAND_EXPIRED', print({ token: 'canary', expires_in: 0 }), 'expired at'],
    ['TOKEN_COMMAND_EXPIRED', print(expired), 'expired at'],
  ])('throws %s', async (code, program, problem) => {
    const error = await errorOf(() => command(program).getToken())
    expect(error.code).toBe(code)
    expect(error.problem).toContain(problem)
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('canary')
  })

  it('kills a program that hangs, and one that nobody waits for', async () => {
    const hangs = 'setInterval(() => {}, 1000)'
    const error = await errorOf(() => command(hangs, { timeout: 0.3 }).getToken())
    expect(error).toMatchObject({ code: 'TOKEN_COMMAND_TIMEOUT', outcome: 'failed' })
    const controller = new AbortController()
    const waiting = command(hangs).getToken({ signal: controller.signal })
    controller.abort('gone')
    await expect(waiting).rejects.toBe('gone')
  })

  it('does not wait for a grandchild that holds the pipe', async () => {
    const program = `require('child_process').spawn('sleep', ['5'], { stdio: ['ignore', 'inherit', 'inherit'], detached: true }).unref(); ${print(jwt)}; process.exit(0)`
    expect((await command(program, { timeout: 4 }).getToken()).reveal()).toBe(jwt)
  })

  it('says what cannot be started', async () => {
    const missing = await errorOf(() => tokenCommand({ command: ['federate-no-such-program'] }).getToken())
    expect(missing).toMatchObject({
      code: 'TOKEN_COMMAND_MISSING',
      outcome: 'usage',
      details: { systemCode: 'ENOENT' },
    })
    expect((await errorOf(() => tokenCommand({ command: [] }))).code).toBe('TOKEN_COMMAND_MISSING')
    const batch = await errorOf(() => tokenCommand({ command: ['no-such.CMD'] }).getToken())
    expect(batch).toMatchObject({
      code: 'TOKEN_COMMAND_MISSING',
      next: expect.stringContaining('give cmd.exe, /d, /c'),
    })
  })
})

describe('githubActions', () => {
  const environment = {
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://run.actions.example/token?api-version=2.0',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'canary-request-token',
  }
  function setup(answer: (count: number) => Reply, env: Record<string, string | undefined> = environment) {
    const fake = fakeFetch((_, count) => answer(count))
    const source = githubActions({ environment: env, fetch: fake.fetch, now: clock.now, sleep: async () => {} })
    return { ...fake, source }
  }

  it('asks for the audience with what the job was given', async () => {
    const { source, calls } = setup(() => ({ body: { count: 1, value: jwt } }))
    const request = { audience: 'api://orders' }
    expect((await source.getToken(request)).reveal()).toBe(jwt)
    await source.getToken(request)
    expect(calls).toHaveLength(1)
    expect(calls[0]?.url).toBe('https://run.actions.example/token?api-version=2.0&audience=api%3A%2F%2Forders')
    expect(calls[0]?.init.headers['authorization']).toBe('Bearer canary-request-token')
  })

  it('tries again when the service is busy', async () => {
    const { source, calls } = setup((count) => (count < 3 ? { status: 503 } : { body: { value: jwt } }))
    expect((await source.getToken()).reveal()).toBe(jwt)
    expect(calls).toHaveLength(3)
  })

  it.each([
    ['GITHUB_TOKEN_NOT_OFFERED', { ...environment, ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' }, {}],
    ['GITHUB_TOKEN_NOT_OFFERED', { ...environment, ACTIONS_ID_TOKEN_REQUEST_URL: 'http://run.actions.example/' }, {}],
    ['GITHUB_TOKEN_NOT_OFFERED', {}, {}],
    ['GITHUB_TOKEN_REFUSED', environment, { status: 401, body: 'canary' }],
    ['ISSUER_NOT_JSON', environment, { body: '<html>canary' }],
    ['GITHUB_TOKEN_EMPTY', environment, { body: { other: 'canary' } }],
    ['GITHUB_TOKEN_NOT_A_JWT', environment, { body: { value: 'canary' } }],
    ['GITHUB_TOKEN_EXPIRED', environment, { body: { value: expired } }],
    ['TOKEN_AUDIENCE', environment, { body: { value: jwt } }],
  ])('throws %s', async (code, env, reply) => {
    const error = await errorOf(() => setup(() => reply, env).source.getToken({ audience: 'other' }))
    expect(error.code).toBe(code)
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('canary')
  })
})
