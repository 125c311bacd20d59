import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePlace, type Place } from '../cli/harness.ts'

const example = (name: string) => fileURLToPath(new URL(`../../examples/on-prem-to-s3/${name}`, import.meta.url))

let place: Place
let bucket: Server
const accessKeys: string[] = []

beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
  expect((await place.federate('setup aws --yes')).status).toBe(0)
  bucket = createServer((request, response) => {
    accessKeys.push(/Credential=([A-Z0-9]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'none')
    response.setHeader('content-type', 'application/xml')
    response.end(
      '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Contents><Key>invoice.pdf</Key><Size>42</Size></Contents></ListBucketResult>',
    )
  })
  await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  bucket.close()
  await place.close()
})

function run(script: string, env: Record<string, string>): Promise<{ status: number | null; output: string }> {
  const child: ChildProcess = spawn(process.execPath, [example(script)], { cwd: place.folder, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, output })))
}

describe('the example on-prem-to-s3', () => {
  it('whoami.ts: an unmodified program, by a profile with credential_process', async () => {
    const command = fileURLToPath(new URL('../../packages/cli/dist/main.cjs', import.meta.url))
    const line = `${process.execPath} ${command} credentials aws --service ${place.path('billing.federate.json')}`
    await place.write('config', `[profile billing]\nregion = us-east-1\ncredential_process = ${line}\n`)
    const { status, output } = await run('whoami.ts', {
      AWS_CONFIG_FILE: join(place.folder, 'config'),
      AWS_PROFILE: 'billing',
      AWS_ENDPOINT_URL_STS: place.sandbox.env['AWS_ENDPOINT_URL_STS'] ?? '',
    })
    expect(output).toBe('arn:aws:sts::123456789012:assumed-role/billing/federate-billing\n')
    expect(status).toBe(0)
  })

  it('list-bucket.ts: credentials in code, in one line', async () => {
    const address = bucket.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { status, output } = await run('list-bucket.ts', {
      ISSUER: place.issuer,
      ROLE_ARN: 'arn:aws:iam::123456789012:role/federate/acme/billing',
      BUCKET: 'invoices',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_STS: place.sandbox.env['AWS_ENDPOINT_URL_STS'] ?? '',
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    })
    expect(output).toBe('invoice.pdf 42\n')
    expect(status).toBe(0)
    expect(accessKeys).toEqual([expect.stringMatching(/^ASIA/)])
  })
})
