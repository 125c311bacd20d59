import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePlace, type Place } from '../cli/harness.ts'
import { account, isTaken, project } from '../gcp/place.ts'

const example = (name: string) => fileURLToPath(new URL(`../../examples/on-prem-to-gcs/${name}`, import.meta.url))

let place: Place
const listed: (string | undefined)[] = []
/** Cloud Storage, as far as one list goes: for tokens that the sandbox's Google issued. */
const storage = createServer(async (request, response) => {
  const taken = await isTaken(place, request.headers.authorization?.replace('Bearer ', ''))
  listed.push(request.url)
  const items = [{ name: 'invoice.pdf', size: '42' }]
  response.writeHead(taken ? 200 : 401, { 'content-type': 'application/json' })
  response.end(JSON.stringify(taken ? { kind: 'storage#objects', items } : { error: { code: 401 } }))
})

beforeAll(async () => {
  const yaml = await readFile(example('federate.yaml'), 'utf8')
  place = await makePlace(yaml.replace(/http:\/\/127\.0\.0\.1:8180\/realms\/acme/, 'ISSUER'))
  await place.startSandbox()
  const setup = await place.federate('setup gcp --yes')
  if (setup.status !== 0) throw new Error(setup.stderr)
  await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  storage.close()
  await place.close()
})

function run(script: string, env: Readonly<Record<string, string>>): Promise<{ status: unknown; output: string }> {
  const address = storage.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const clouds = Object.entries(place.sandbox.env).filter(([name]) => name.startsWith('CLOUDSDK_API_ENDPOINT_'))
  const all = {
    ...Object.fromEntries(clouds),
    BUCKET: 'invoices',
    STORAGE_ENDPOINT: `http://127.0.0.1:${port}`,
    ...env,
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [example(script)], { cwd: place.folder, env: all }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : error.code, output: stdout + stderr }),
    )
  })
}

describe('the example on-prem-to-gcs', () => {
  it('list-bucket.ts: credentials in code, in one line', async () => {
    const { number } = place.sandbox.gcp.project(project)
    const { status, output } = await run('list-bucket.ts', {
      ISSUER: place.issuer,
      PROVIDER: `projects/${number}/locations/global/workloadIdentityPools/acme-platform-main/providers/keycloak`,
      SERVICE_ACCOUNT: account,
    })
    expect(output).toBe('invoice.pdf 42\n')
    expect(status).toBe(0)
    expect(listed).toEqual([expect.stringMatching(/^\/storage\/v1\/b\/invoices\/o/)])
  })

  it('list-bucket-by-file.ts: an unmodified program, by the file that configure wrote', async () => {
    const configured = await place.asService('configure gcp --service billing.federate.json')
    expect(configured.stderr).toContain('GOOGLE_APPLICATION_CREDENTIALS')
    const { status, output } = await run('list-bucket-by-file.ts', {
      GOOGLE_APPLICATION_CREDENTIALS: place.path('billing.lake.gcp.json'),
      GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1',
      GOOGLE_CLOUD_PROJECT: project,
    })
    expect(output).toBe('invoice.pdf 42\n')
    expect(status).toBe(0)
  })
})
