import { execFile } from 'node:child_process'
import { chmod, mkdir, rm, stat, symlink } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { GoogleAuth } from 'google-auth-library'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { azureModules, tenant } from '../azure/place.ts'
import { isTaken, project } from '../gcp/place.ts'
import { account, billingAlone, makePlace, type Place } from './harness.ts'
import { RunningAgent } from './running-agent.ts'

const yaml = `${billingAlone}    targets:
      s3: { cloud: aws, account: "${account}", role: billing }
      lake: { cloud: gcp, project: ${project}, serviceAccount: billing }
      files: { cloud: azure, tenant: ${tenant}, application: billing, scope: https://storage.azure.com }
  pager:
    auth: { method: client_secret_basic, secret: { file: secrets/pager } }
    tokenLifetime: 4s
apis:
  orders: { audience: api://orders }
`

let place: Place

/** The text of federate.agent.yaml with these outputs. */
const outputs = (...lines: readonly string[]) =>
  ['version: 1', 'outputs:', ...lines.map((line) => `  - ${line}`), ''].join('\n')

beforeAll(async () => {
  place = await makePlace(yaml)
  await place.startSandbox()
  const setup = await place.federate('setup --yes --no-verify')
  if (setup.status !== 0) throw new Error(setup.stderr)
  await mkdir(place.path('out'), { mode: 0o700 })
  const pager = JSON.parse(await place.read('billing.federate.json'))
  const auth = { method: 'client_secret_basic', secret: { env: 'PAGER_SECRET' } }
  await place.write('pager.json', JSON.stringify({ ...pager, service: 'pager', clientId: 'pager', auth, targets: {} }))
})

afterAll(() => place.close())

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read().catch(() => undefined)
    if (value !== undefined && holds(value)) return value
    await wait(50)
  }
}

const mode = async (name: string) => (await stat(place.path(name))).mode & 0o777

/** Runs a program of Node with a cloud's own library and nothing of federate's. */
async function program(script: string, modules: string, env: Readonly<Record<string, string>>): Promise<string> {
  // The administrator's own would win.
  const administrators = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AZURE_CLIENT_SECRET']
  const sandbox = Object.fromEntries(
    Object.entries(place.sandbox.env).filter(([name]) => !administrators.includes(name)),
  )
  const all = { PATH: process.env['PATH'] ?? '', ...sandbox, NODE_PATH: modules, ...env }
  const ran = await promisify(execFile)(process.execPath, ['-e', script], { env: all })
  return ran.stdout.trim()
}

describe('an agent that keeps files', () => {
  let agent: RunningAgent

  beforeAll(async () => {
    const note = `require('fs').appendFileSync('changes', process.env.FEDERATE_OUTPUT + ' ' + Object.keys(process.env).includes('PAGER_SECRET') + '\\n')`
    await place.write('note.cjs', note)
    await place.write('out/aws', '# mine\n[other]\nregion = eu-west-1\n')
    await place.write(
      'files.yaml',
      outputs(
        '{ path: out/aws, service: billing, target: s3, format: shared-credentials, profile: default }',
        '{ path: out/aws.jwt, service: billing, target: s3, format: web-identity-token }',
        '{ path: out/google.jwt, service: billing, target: lake, format: subject-token }',
        '{ path: out/google.json, service: billing, target: lake, format: executable }',
        '{ path: out/azure.jwt, service: billing, target: files, format: federated-token, mode: "0640" }',
        '{ path: out/azure.env, service: billing, target: files, format: env }',
        `{ path: out/orders, service: pager, audience: "api://orders", format: token, onChange: { command: ['${process.execPath}', note.cjs] } }`,
      ),
    )
    const args = ['billing.federate.json', 'pager.json', '--config', 'files.yaml']
    const secret = (await place.read('secrets/pager')).trim()
    agent = RunningAgent.start(place, 'files', args, { PAGER_SECRET: secret })
    await agent.ready()
  })

  afterAll(() => agent.end())

  it("is read by AWS's own SDK: keys in a profile, and a token that it exchanges itself", async () => {
    const script = `
      const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts')
      new STSClient({ region: 'us-east-1' }).send(new GetCallerIdentityCommand()).then(({ Arn }) => console.log(Arn))`
    const modules = new URL('../node_modules', import.meta.url).pathname
    const byKeys = { AWS_SHARED_CREDENTIALS_FILE: place.path('out/aws'), AWS_CONFIG_FILE: '/dev/null' }
    expect(await program(script, modules, byKeys)).toContain(`:assumed-role/billing/`)
    const { roleArn } = JSON.parse(await place.read('billing.federate.json')).targets.s3
    const byToken = {
      AWS_WEB_IDENTITY_TOKEN_FILE: place.path('out/aws.jwt'),
      AWS_ROLE_ARN: roleArn,
      HOME: place.folder,
    }
    expect(await program(script, modules, byToken)).toContain(`:assumed-role/billing/`)
    expect(await place.read('out/aws')).toMatch(
      /^# mine\n\[other\]\nregion = eu-west-1\n\n\[default\]\naws_access_key_id = ASIA/,
    )
  })

  it("is read by Google's own library", async () => {
    const file = await place.asService(
      'configure gcp -s billing.federate.json --file gcp.json --source file --token-file out/google.jwt',
    )
    expect(file.status).toBe(0)
    const client = await new GoogleAuth({ keyFile: place.path('gcp.json'), projectId: project }).getClient()
    expect(await isTaken(place, (await client.getAccessToken()).token)).toBe(true)
    const kept = JSON.parse(await place.read('out/google.json'))
    expect(kept).toMatchObject({ version: 1, success: true, token_type: 'urn:ietf:params:oauth:token-type:jwt' })
    expect(kept.id_token).toMatch(/^eyJ/)
  })

  it("is read by Azure's own library", async () => {
    const { clientId } = JSON.parse(await place.read('billing.federate.json')).targets.files
    const script = `
      const { DefaultAzureCredential } = require('@azure/identity')
      new DefaultAzureCredential({ disableInstanceDiscovery: true }).getToken('https://storage.azure.com/.default')
        .then(({ token }) => console.log(JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).aud))`
    const env = {
      AZURE_CLIENT_ID: clientId,
      AZURE_TENANT_ID: tenant,
      AZURE_FEDERATED_TOKEN_FILE: place.path('out/azure.jwt'),
    }
    expect(await program(script, azureModules, env)).toBe('https://storage.azure.com')
    expect(await place.read('out/azure.env')).toMatch(/^export AZURE_TENANT_ID='2a585d57/)
  })

  it('is for its user alone unless told otherwise, and leaves nothing beside', async () => {
    expect(await Promise.all(['aws', 'aws.jwt', 'azure.jwt', 'orders'].map((name) => mode(`out/${name}`)))).toEqual([
      0o600, 0o600, 0o640, 0o600,
    ])
  })

  it('renews a token of an own API in time, and runs the command with every change, without our secrets', async () => {
    const seen = new Set([await place.read('out/orders')])
    const { at, text: second } = await until(
      async () => ({ at: Date.now(), text: await place.read('out/orders') }),
      ({ text }) => !seen.has(text),
    )
    const claims = JSON.parse(Buffer.from(second.split('.')[1] ?? '', 'base64url').toString())
    expect(claims.aud).toBe('api://orders')
    expect(claims.exp * 1000).toBeGreaterThan(at)
    const changes = await until(
      () => place.read('changes'),
      (text) => text.split('\n').length > 2,
    )
    expect(new Set(changes.trim().split('\n'))).toEqual(new Set([`${place.path('out/orders')} false`]))
  })

  it('says in /readyz and in its metrics how the files are', async () => {
    const { lent, files } = JSON.parse((await agent.get('/readyz')).body)
    expect(lent.map(({ name }: { name: string }) => name)).toContain('pager for api://orders')
    expect(files).toHaveLength(7)
    expect(files[0]).toEqual({
      name: place.path('out/aws'),
      state: 'fresh',
      expiresAt: expect.stringMatching(/^20.*Z$/),
    })
    const { body } = await agent.get('/metrics')
    expect(body).toContain(`federate_output_ready{path="${place.path('out/aws')}"} 1`)
    expect(body).toContain(`federate_outputs_total{path="${place.path('out/aws')}",done="write",outcome="success"} 1`)
    expect(body).toMatch(/federate_output_expiry_timestamp_seconds\{path="[^"]*azure.jwt"\} \d{10}/)
    expect(agent.log).not.toMatch(/eyJ|SecretAccessKey/)
  })

  it('takes another configuration at SIGHUP, keeps the old one if it is bad, and leaves files that are not wanted any more', async () => {
    const wanted = await place.read('files.yaml')
    await place.write('files.yaml', wanted.replace('format: env', 'format: envv'))
    agent.child.kill('SIGHUP')
    await agent.logged('not reloaded')
    expect(agent.log).toContain(`${place.path('files.yaml')}:8:69 outputs[5].format: found \\"envv\\"`)
    await rm(place.path('out/aws'))
    await place.write('files.yaml', wanted.replace(/.*azure.env.*\n/, ''))
    agent.child.kill('SIGHUP')
    await agent.logged('"reloaded"')
    await agent.ready()
    expect(JSON.parse((await agent.get('/readyz')).body).files).toHaveLength(6)
    expect(await place.read('out/azure.env')).toContain('AZURE_ACCESS_TOKEN')
    // What somebody has removed is there again.
    await until(
      () => place.read('out/aws'),
      (text) => text.startsWith('[default]'),
    )
  })
})

describe('--once', () => {
  it('writes the files and says what it could not do, each for itself', async () => {
    await place.write('pid', 'x')
    await mkdir(place.path('folder'))
    await mkdir(place.path('open'))
    await chmod(place.path('open'), 0o777)
    await symlink(place.path('elsewhere'), place.path('link'))
    const of = 'service: billing, target: s3, format: json'
    const command = `onChange: { command: ['${process.execPath}', -e, 'process.exit(3)'] }`
    await place.write(
      'federate.agent.yaml',
      outputs(
        `{ path: good, ${of} }`,
        `{ path: folder, ${of} }`,
        `{ path: link, ${of} }`,
        `{ path: open/file, ${of} }`,
        `{ path: missing/file, ${of} }`,
        `{ path: untold, ${of}, ${command} }`,
        `{ path: unsignalled, ${of}, onChange: { signal: SIGHUP, pidFile: pid } }`,
      ),
    )
    const ran = await place.asService('agent billing.federate.json --once')
    await rm(place.path('federate.agent.yaml'))
    expect(ran.status).toBe(1)
    const lines = ran.stdout
      .split('\n')
      .map((line) => line.replaceAll(`${place.folder}/`, '').replace(/ until \S+/, ''))
    expect(lines.filter((line) => !line.startsWith('billing/'))).toEqual([
      'good fresh',
      'folder failed OUTPUT_NOT_A_FILE: folder is a folder, and credentials are written to plain files only.',
      'link failed OUTPUT_NOT_A_FILE: link is a symbolic link, and credentials are written to plain files only.',
      'open/file failed OUTPUT_FOLDER_OPEN: The folder open can be written by others (mode 0777), who could put a file of their own in the place of this one.',
      'missing/file failed OUTPUT_FOLDER_MISSING: The folder missing is not there, or cannot be reached (ENOENT).',
      `untold stale OUTPUT_COMMAND_FAILED: ${process.execPath}, which runs when untold changes, ended with status 3.`,
      'unsignalled stale OUTPUT_PID_FILE: The pid file pid does not hold the number of a process.',
      '',
    ])
    expect(JSON.parse(await place.read('good'))).toHaveProperty('secretAccessKey')
    await expect(stat(place.path('elsewhere'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it.each([
    ['{ path: x, service: reporting, format: json }', 'outputs[0].service: found "reporting", expected billing'],
    ['{ path: x, service: billing, target: s3, format: json, user: no-such-user }', 'OUTPUT_OWNER_UNKNOWN'],
    ['{ path: billing.federate.json, service: billing, target: s3, format: json }', 'is a file that the agent reads'],
    ['{ path: secrets/billing, service: billing, target: s3, format: json }', 'is a file that the agent reads'],
  ])('refuses before anything is asked for: %s', async (output, problem) => {
    await place.write('bad.yaml', outputs(output))
    const ran = await place.asService('agent billing.federate.json --once --config bad.yaml')
    expect(ran).toMatchObject({ status: 64, stderr: expect.stringContaining(problem), stdout: '' })
  })

  it('refuses a file that is not there, and two of which either could be meant', async () => {
    const missing = await place.asService('agent billing.federate.json --once --config none.yaml')
    expect(missing).toMatchObject({ status: 64, stderr: expect.stringContaining('CONFIG_MISSING') })
    await mkdir(place.path('second'))
    await place.write('second/federate.agent.yaml', outputs())
    await place.write('federate.agent.yaml', outputs())
    await place.write('second/billing.federate.json', await place.read('billing.federate.json'))
    const two = await place.asService('agent pager.json second --once', { env: { PAGER_SECRET: 'any' } })
    await rm(place.path('federate.agent.yaml'))
    const problem = `There are ${place.path('federate.agent.yaml')} and ${place.path('second/federate.agent.yaml')}, and an agent has one such file.`
    expect(two).toMatchObject({ status: 64, stderr: expect.stringContaining(problem) })
  })
})
