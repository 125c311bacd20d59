import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { RealmControl } from '@federate/sandbox'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { command, makePlace, type Place } from './harness.ts'

let place: Place
let realm: RealmControl
let folders = 0
/** The cache of one test. */
let cache: string

beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
  await place.setUp('aws')
  realm = place.realm
})

afterAll(() => place.close())

beforeEach(() => {
  folders += 1
  cache = place.path(`cache-${folders}`)
})

afterEach(() => realm.clearFaults())

const line = 'credentials aws -s billing.federate.json'
const run = (words: string = line, env: Record<string, string> = {}) =>
  place.asService(words, { env: { CACHE_DIRECTORY: cache, ...env } })

/** How often the issuer and STS were asked during some work. */
async function asked<T>(work: () => Promise<T>): Promise<{ tokens: number; exchanges: number; result: T }> {
  const exchanges = () => place.sandbox.aws.requests.filter(({ action }) => action.startsWith('AssumeRole')).length
  const before = { tokens: realm.requests('token'), exchanges: exchanges() }
  const result = await work()
  return { tokens: realm.requests('token') - before.tokens, exchanges: exchanges() - before.exchanges, result }
}

/** The clock of a command stands at this time: so what is remembered for seconds is remembered, however slow it runs. */
function stoppedAt(time: number): Record<string, string> {
  return { NODE_OPTIONS: `--import=data:text/javascript,Date.now=()=>${time}` }
}

async function files(extension: string): Promise<string[]> {
  const names = await readdir(join(cache, 'credentials'))
  return names.filter((name) => name.endsWith(extension)).map((name) => join(cache, 'credentials', name))
}

/** Rewrites what is kept, as if time had passed. */
async function age(seconds: number): Promise<void> {
  for (const path of await files('.json')) {
    const entry = JSON.parse(await readFile(path, 'utf8'))
    entry.kept.obtainedAt -= seconds * 1000
    entry.kept.expiresAt -= seconds * 1000
    await writeFile(path, JSON.stringify(entry))
  }
  for (const path of await files('.answer')) {
    const answer = JSON.parse(await readFile(path, 'utf8'))
    answer.from -= seconds * 1000
    answer.until -= seconds * 1000
    await writeFile(path, JSON.stringify(answer))
  }
}

describe('credentials that were had before', () => {
  it('are printed again without asking anybody, in every format, from files that only this user reads', async () => {
    const first = await asked(run)
    expect(first).toMatchObject({ tokens: 1, exchanges: 1, result: { status: 0, stderr: '' } })
    const second = await asked(run)
    expect(second).toMatchObject({ tokens: 0, exchanges: 0, result: first.result })
    const shell = await asked(() => run(`${line} --format env`))
    expect(shell).toMatchObject({ tokens: 0, exchanges: 0 })
    expect(shell.result.stdout).toContain(JSON.parse(first.result.stdout).SecretAccessKey)
    for (const path of [...(await files('.json')), ...(await files('.answer'))]) {
      expect((await stat(path)).mode & 0o777).toBe(0o600)
    }
    expect((await stat(join(cache, 'credentials'))).mode & 0o777).toBe(0o700)
    expect(await files('.lock')).toEqual([])
  })

  it('are not used with --no-cache, nor kept', async () => {
    expect(await asked(() => run(`${line} --no-cache`))).toMatchObject({ exchanges: 1, result: { status: 0 } })
    expect(await asked(() => run(`${line} --no-cache`))).toMatchObject({ exchanges: 1 })
    await expect(stat(join(cache, 'credentials'))).rejects.toThrow('ENOENT')
  })

  it('are not those of a changed service file, other variables, flags or services', async () => {
    await run()
    const lasting = async (seconds: number) =>
      (await place.read('billing.federate.json')).replace('"durationSeconds": 3600', `"durationSeconds": ${seconds}`)
    await place.write('changed.json', await lasting(1800))
    await run('credentials aws -s changed.json')
    await place.write('changed.json', await lasting(1200))
    const changed = await asked(() => run('credentials aws -s changed.json'))
    expect(changed).toMatchObject({ exchanges: 1, result: { status: 0 } })
    expect(await asked(() => run(line, { AWS_REGION: 'eu-west-1' }))).toMatchObject({ exchanges: 1 })
    expect(await asked(() => run(`${line} --duration 25m`))).toMatchObject({ exchanges: 1 })
    expect(await asked(() => run('credentials aws -s reporting.federate.json'))).toMatchObject({ exchanges: 1 })
    expect(await asked(run)).toMatchObject({ exchanges: 0 })
  })

  it('are found where the only service file of a folder is meant, until there is a second', async () => {
    const folder = place.path('alone')
    await mkdir(join(folder, 'secrets'), { recursive: true })
    await writeFile(join(folder, 'secrets/billing'), await place.read('secrets/billing'), { mode: 0o600 })
    const file = await place.read('billing.federate.json')
    await writeFile(join(folder, 'billing.federate.json'), file)
    const here = () => place.asService(['credentials', 'aws'], { cwd: folder, env: { CACHE_DIRECTORY: cache } })
    expect((await here()).status).toBe(0)
    expect(await asked(here)).toMatchObject({ tokens: 0, exchanges: 0, result: { status: 0 } })
    await writeFile(join(folder, 'other.federate.json'), file)
    expect((await here()).stderr).toContain('SERVICE_FILE_AMBIGUOUS')
  })

  it('are served while they live when the issuer is gone, and renewed when it is back', async () => {
    const first = await run()
    await age(3000)
    realm.failNext({ status: 503, times: 50 })
    const now = Date.now()
    const second = await run(line, stoppedAt(now))
    expect(second).toMatchObject({ status: 0, stdout: expect.stringContaining(JSON.parse(first.stdout).AccessKeyId) })
    expect(second.stderr).toMatch(/status 503.* The old credentials are used until 20/)
    const third = await asked(() => run(line, stoppedAt(now + 4_999)))
    expect(third).toMatchObject({ tokens: 0, result: { status: 0, stderr: '' } })
    realm.clearFaults()
    const renewed = await asked(() => run(line, stoppedAt(now + 5_000)))
    expect(renewed).toMatchObject({ exchanges: 1, result: { status: 0, stderr: '' } })
    expect(renewed.result.stdout).not.toContain(JSON.parse(first.stdout).AccessKeyId)
  })
})

describe('many processes at once', () => {
  it('get the same credentials by one token request and one exchange', async () => {
    const many = await asked(() => Promise.all(Array.from({ length: 24 }, () => run())))
    expect(many.result.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
      Array.from({ length: 24 }, () => ({ status: 0, stderr: '' })),
    )
    expect(new Set(many.result.map(({ stdout }) => stdout)).size).toBe(1)
    expect(many).toMatchObject({ tokens: 1, exchanges: 1 })
  })

  it('get the refusal of the one that asked', async () => {
    realm.failNext({ status: 401, times: 50, endpoint: 'token' })
    const start = performance.now()
    const many = await asked(() => Promise.all(Array.from({ length: 8 }, () => run())))
    const seconds = (performance.now() - start) / 1000
    // That it failed is remembered for five seconds.
    expect(many.tokens).toBeGreaterThan(0)
    expect(many.tokens).toBeLessThanOrEqual(1 + Math.floor(seconds / 5))
    expect(new Set(many.result.map(({ status, stderr }) => `${status} ${stderr}`)).size).toBe(1)
    expect(many.result[0]).toMatchObject({ status: 3, stdout: '' })
  })

  it('are not held up by one that is killed while it asks', async () => {
    const silent = createServer()
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const address = silent.address()
    const sts = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const killed = spawn(process.execPath, [command, ...line.split(' ')], {
      cwd: place.folder,
      env: { ...process.env, ...place.sandbox.env, CACHE_DIRECTORY: cache, AWS_ENDPOINT_URL_STS: sts },
      stdio: 'ignore',
    })
    // One of its question, one of what it asks for.
    while ((await files('.lock').catch(() => [])).length < 2) await wait(5)
    killed.kill('SIGKILL')
    silent.close()
    expect(await run()).toMatchObject({ status: 0, stderr: '' })
    // It asked for credentials of another STS, which nobody has asked for since.
    expect(await files('.lock')).toHaveLength(1)
  })
})

describe('files that cannot be trusted', () => {
  it.each(['.json', '.answer'])('are as good as none: %s', async (extension) => {
    await run()
    for (const other of await files(extension === '.json' ? '.answer' : '.json')) await writeFile(other, '')
    for (const path of await files(extension)) await chmod(path, 0o644)
    expect(await asked(run)).toMatchObject({ exchanges: 1, result: { status: 0, stderr: '' } })
  })

  it('are named when they are the folder', async () => {
    await mkdir(join(cache, 'credentials'), { recursive: true })
    await chmod(join(cache, 'credentials'), 0o755)
    const { status, stderr } = await run()
    expect(status).toBe(0)
    expect(stderr).toContain(`The cache folder ${join(cache, 'credentials')} has the mode 0755`)
  })
})

it('works, slower, where nothing can be written', async () => {
  const { status, stdout, stderr } = await run(line, { CACHE_DIRECTORY: place.path('federate.yaml/cache') })
  expect(JSON.parse(stdout)).toHaveProperty('SecretAccessKey')
  expect(status).toBe(0)
  expect(stderr).toContain('Nothing is cached meanwhile.')
})

it('is listed and cleared by `federate cache`', async () => {
  const { stdout } = await run()
  const listed = await run('cache list')
  expect(listed.stdout).toMatch(/^TARGET +CLOUD +STATE +EXPIRES +CLIENT +ISSUER +ID\n/)
  const entryLine = `^billing/s3 +aws +fresh +20\\S+Z \\(in (?:59|60) min\\) +billing +${place.issuer} +[0-9a-f]{8}$`
  expect(listed.stdout).toMatch(new RegExp(entryLine, 'm'))
  // The same target with other flags is another entry, and looks so.
  await run('credentials aws -s billing.federate.json --session-name other')
  const ids = (await run('cache list')).stdout.match(/[0-9a-f]{8}$/gm) ?? []
  expect(new Set(ids).size).toBe(2)
  const entry = { cloud: 'aws', service: 'billing', state: 'fresh' }
  const json = await run('cache list --json')
  expect(json.stdout).not.toContain(JSON.parse(stdout).SecretAccessKey)
  expect(JSON.parse(json.stdout).entries).toMatchObject([entry, entry])
  expect(await run('cache clear')).toMatchObject({ status: 0, stderr: expect.stringContaining('Removed 4 file(s)') })
  expect((await run('cache list')).stderr).toContain('Nothing is cached in')
  for (const words of ['cache list', 'cache clear']) {
    expect(await run(words, { CACHE_DIRECTORY: place.path('federate.yaml') })).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('CACHE_UNREADABLE'),
    })
  }
  expect(await asked(run)).toMatchObject({ exchanges: 1 })
})
