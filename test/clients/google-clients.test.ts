import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { GoogleAuth } from 'google-auth-library'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Place } from '../cli/harness.ts'
import { account, googlePlace, isTaken, project } from '../gcp/place.ts'
import { goAvailable, goGoogleClient } from './go-client.ts'
import { pythonWith } from './python-tools.ts'
import { type Delivery, delivery } from './ways-in.ts'

const run = promisify(execFile)
const tools = pythonWith(['google-auth[requests]==2.62.2'], "Google's library for Python")
const go = goAvailable("Google's library for Go")
let place: Place

beforeAll(async () => {
  place = await googlePlace()
  await place.setUp('gcp')
  const executable = await place.asService('configure gcp -s billing.federate.json --file executable.json')
  if (executable.status !== 0) throw new Error(executable.stderr)
  const { stdout } = await place.asService('token -s billing.federate.json --for lake --raw')
  await place.write('token', stdout.trim())
  const file = await place.asService(
    'configure gcp -s billing.federate.json --file file.json --source file --token-file token',
  )
  if (file.status !== 0) throw new Error(file.stderr)
  // The libraries run the command in this process's environment.
  vi.stubEnv('GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES', '1')
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await place.close()
})

describe("Google's library for Node, by the file that configure wrote", () => {
  it.each(['executable.json', 'file.json'])('gets an access token of the service account by %s', async (keyFile) => {
    const auth = new GoogleAuth({ keyFile: place.path(keyFile), projectId: project })
    const client = await auth.getClient()
    const { token } = await client.getAccessToken()
    expect(await isTaken(place, token)).toBe(true)
    expect(await isTaken(place, 'another')).toBe(false)
  })

  it('runs the executable once for two processes, because it writes what the library keeps', async () => {
    const issued = () => place.sandbox.issuer.realm(place.issuer)?.requests('token')
    const auth = () => new GoogleAuth({ keyFile: place.path('executable.json'), projectId: project }).getClient()
    await (await auth()).getAccessToken()
    const before = issued()
    expect(before).toBeGreaterThan(0)
    for (const client of [await auth(), await auth()]) await client.getAccessToken()
    expect(issued()).toBe(before)
  })

  it('shows what the executable says when the issuer refuses', async () => {
    await place.write(
      'wrong.federate.json',
      (await place.read('billing.federate.json')).replace('secrets/billing', 'wrong'),
    )
    await place.write('wrong', 'not-the-secret')
    const { stdout, stderr, status } = await place.asService(
      'credentials gcp -s wrong.federate.json --format executable',
    )
    expect([status, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, success: false, code: 'ISSUER_REFUSED_CLIENT' })
    expect(stdout).not.toContain('not-the-secret')
  })
})

describe.skipIf(tools === undefined)("Google's library for Python, by the same files", () => {
  // Not google.auth.default(): it asks for the project's id at an address that cannot be moved to the sandbox.
  const program = `
import sys, google.auth.identity_pool, google.auth.pluggable, google.auth.transport.requests
source = google.auth.pluggable if sys.argv[2] == "executable" else google.auth.identity_pool
scopes = ["https://www.googleapis.com/auth/cloud-platform"]
credentials = source.Credentials.from_file(sys.argv[1]).with_scopes(scopes)
credentials.refresh(google.auth.transport.requests.Request())
print(credentials.service_account_email)
print(credentials.token)
`
  it.each(['executable', 'file'])('gets an access token by its %s source', async (source) => {
    const { stdout } = await run(tools?.python ?? '', ['-c', program, place.path(`${source}.json`), source])
    const [email, token] = stdout.trim().split('\n')
    expect(email).toBe(account)
    expect(await isTaken(place, token)).toBe(true)
  })
})

describe.skipIf(!go)("Google's library for Go, by the same files", () => {
  it.each(['executable', 'file'])(
    'gets an access token by its %s source',
    async (source) => {
      const { stdout } = await run(await goGoogleClient(), [place.path(`${source}.json`)])
      expect(await isTaken(place, stdout.trim())).toBe(true)
    },
    300_000,
  )

  it('shows what the executable says when the issuer refuses', async () => {
    const configured = await place.asService('configure gcp -s wrong.federate.json --file wrong.json')
    expect(configured.status).toBe(0)
    const refused = run(await goGoogleClient(), [place.path('wrong.json')])
    await expect(refused).rejects.toMatchObject({ stderr: expect.stringContaining('ISSUER_REFUSED_CLIENT') })
  }, 300_000)
})

describe('by the url source', () => {
  let ways: Delivery
  beforeAll(async () => {
    // Else the library asks Google for it, at an address that no variable moves.
    ways = await delivery(place, 'gcp', { GOOGLE_CLOUD_PROJECT: project })
  })
  afterAll(() => ways?.close())

  const javascript = `
    const { GoogleAuth } = require('google-auth-library')
    new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' }).getAccessToken().then(console.log)`
  const python = `
import os, google.auth.identity_pool, google.auth.transport.requests
scopes = ["https://www.googleapis.com/auth/cloud-platform"]
path = os.environ["GOOGLE_APPLICATION_CREDENTIALS"]
credentials = google.auth.identity_pool.Credentials.from_file(path).with_scopes(scopes)
credentials.refresh(google.auth.transport.requests.Request())
print(credentials.token)
`

  it.each(['exec', 'agent'] as const)(
    'every library gets an access token through %s',
    async (way) => {
      const programs: Record<string, readonly string[]> = { javascript: [process.execPath, '-e', javascript] }
      if (tools !== undefined) Object.assign(programs, { python: [tools.python, '-c', python] })
      const inShell = (program: string) => ['sh', '-c', `exec '${program}' "$GOOGLE_APPLICATION_CREDENTIALS"`]
      if (go) Object.assign(programs, { go: inShell(await goGoogleClient()) })
      for (const [name, program] of Object.entries(programs)) {
        const { status, stdout, stderr } = await ways[way](program)
        expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' })
        expect(await isTaken(place, stdout.trim())).toBe(true)
      }
    },
    300_000,
  )
})
