import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { IAMClient, ListRolesCommand, TagRoleCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePlace, type Place } from '../cli/harness.ts'
import { freePort } from '../keycloak/ports.ts'
import { pythonTools } from './python-tools.ts'

const tools = pythonTools()
const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' }
let place: Place
let moto: ChildProcess
let endpoint: string

/** An IAM that others wrote: what it stores is what its callers said, and it answers in its own words. */
beforeAll(async () => {
  if (tools === undefined) return
  const port = await freePort()
  endpoint = `http://127.0.0.1:${port}`
  const env = { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' }
  moto = spawn(tools.python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', `${port}`], { stdio: 'ignore', env })
  place = await makePlace()
  await answering()
})

afterAll(async () => {
  moto?.kill()
  await place?.close()
})

async function answering(): Promise<void> {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline) {
    if (moto.exitCode !== null || moto.signalCode !== null) throw new Error(`moto ended with ${moto.exitCode}`)
    const status = await fetch(`${endpoint}/moto-api/`).then(
      (answer) => answer.status,
      () => 0,
    )
    if (status === 200) return
    await wait(200)
  }
  throw new Error('moto did not start within a minute')
}

function federate(line: string) {
  return place.federate(line, { env: { ...keys, AWS_ENDPOINT_URL_IAM: endpoint, AWS_ENDPOINT_URL_STS: endpoint } })
}

function iam(): IAMClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  return new IAMClient({ endpoint, region: 'us-east-1', credentials })
}

describe.skipIf(tools === undefined)('moto, an IAM that is not ours', () => {
  it('gets the trust, and then differs no more', async () => {
    const setup = await federate('setup aws --yes --no-verify')
    expect(setup.stderr).toContain('done    create IAM role billing')
    expect(setup.status).toBe(0)
    const again = await federate('plan aws')
    expect(again.stdout).toContain('No changes.')
    expect(again.status).toBe(0)
    expect((await federate('status aws')).status).toBe(0)
  })

  it('shows and repairs a drift', async () => {
    const Tags = [{ Key: 'federate:service', Value: 'somebody' }]
    await iam().send(new TagRoleCommand({ RoleName: 'billing', Tags }))
    expect((await federate('status aws')).status).toBe(2)
    expect((await federate('setup aws --yes --no-verify')).status).toBe(0)
    expect((await federate('status aws')).status).toBe(0)
  })

  it('is left as it was before', async () => {
    expect((await federate('destroy aws --yes')).status).toBe(0)
    expect((await iam().send(new ListRolesCommand({ PathPrefix: '/federate/' }))).Roles).toEqual([])
  })
})
