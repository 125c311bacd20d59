import { execFile, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmod, readFile, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { CertificateAuthority, type RealmControl } from '@federate/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pythonTools } from '../clients/python-tools.ts'
import { fetchByTls } from './fetch-by-tls.ts'
import { makePlace, type Place } from './harness.ts'
import { RunningAgent } from './running-agent.ts'

let place: Place
let realm: RealmControl
let agent: RunningAgent

beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
  await place.setUp('aws')
  realm = place.realm
  agent = RunningAgent.start(place, 'main', ['billing.federate.json', 'reporting.federate.json'])
  await agent.ready()
})

afterAll(async () => {
  await agent.end()
  await place.close()
})

const python = pythonTools()?.python

describe('an agent', () => {
  it('lends each service its own credentials, and only to who knows its secret', async () => {
    const billing = await agent.lent('/billing/s3')
    expect(billing.status).toBe(200)
    expect(Object.keys(JSON.parse(billing.body))).toEqual([
      'AccessKeyId',
      'SecretAccessKey',
      'Token',
      'Expiration',
      'AccountId',
    ])
    const reporting = await agent.lent('/reporting/s3')
    expect(JSON.parse(reporting.body).AccessKeyId).not.toBe(JSON.parse(billing.body).AccessKeyId)
    const other = await agent.lent('/billing/s3', 'reporting')
    expect(other).toEqual({
      status: 401,
      body: '{"Code":"Unauthorized","Message":"The secret in the header authorization is missing or not this target\'s."}',
    })
  })

  it('keeps its secrets to its user, without a newline, as botocore wants them', async () => {
    expect((await stat(place.path('main-run'))).mode & 0o777).toBe(0o700)
    expect((await stat(place.path('main-run/billing.secret'))).mode & 0o777).toBe(0o600)
    expect(await agent.secret('billing')).toMatch(/^[\w-]{43}$/)
  })

  it.skipIf(python === undefined)(
    'lends to boto3, unmodified, in a shell that `federate env` pointed at it',
    async () => {
      const program = "import boto3; print(boto3.client('sts', region_name='us-east-1').get_caller_identity()['Arn'])"
      const { stdout } = await agent.run('env -s reporting')
      const line = `${stdout}\nexec '${python}' -c "${program}"`
      const sts = place.sandbox.env['AWS_ENDPOINT_URL_STS'] ?? ''
      const env = { PATH: process.env['PATH'] ?? '', AWS_ENDPOINT_URL_STS: sts }
      const ran = await promisify(execFile)('sh', ['-c', line], { env })
      expect(ran.stdout).toContain(':assumed-role/reporting/')
      expect(stdout).not.toContain(await agent.secret('reporting'))
    },
  )

  it('gives tokens for own APIs', async () => {
    const { status, body } = await agent.get('/-/token/billing?audience=api://orders', {
      authorization: await agent.secret('billing'),
    })
    expect(status).toBe(200)
    const { access_token, ...rest } = JSON.parse(body)
    expect(rest).toEqual({ expires_at: expect.stringMatching(/^20.*Z$/), token_type: 'Bearer' })
    expect(JSON.parse(Buffer.from(access_token.split('.')[1], 'base64url').toString()).aud).toBe('api://orders')
    const without = await agent.get('/-/token/billing', { authorization: await agent.secret('billing') })
    expect(without).toEqual({
      status: 400,
      body: '{"error":"AUDIENCE_MISSING","error_description":"The request names no audience."}',
    })
  })

  it('says how it is, without secrets', async () => {
    expect((await agent.get('/livez')).status).toBe(200)
    const ready = await agent.get('/readyz')
    expect(ready.status).toBe(200)
    expect(JSON.parse(ready.body)).toMatchObject({
      ready: true,
      lent: [
        { name: 'billing/s3', state: 'fresh' },
        { name: 'reporting/s3', state: 'fresh' },
      ],
    })
    expect(JSON.parse((await agent.get('/readyz/billing')).body).lent).toHaveLength(1)
    const metrics = await agent.get('/metrics')
    expect(metrics.body).toContain('federate_renewals_total{name="billing/s3",outcome="success"} 1')
    expect(metrics.body).toContain('federate_ready{name="reporting/s3"} 1')
    expect(metrics.body).toMatch(/federate_expiry_timestamp_seconds\{name="billing\/s3"\} \d{10}/)
  })

  it('answers only who asks loopback by its name, and no page', async () => {
    const authorization = await agent.secret('billing')
    for (const headers of [{ origin: 'http://127.0.0.1' }, { 'x-forwarded-for': '10.0.0.1' }]) {
      expect((await agent.get('/billing/s3', { authorization, ...headers })).status).toBe(403)
    }
  })

  it.each(['sh', 'fish', 'powershell'])('is what `federate env --shell %s` points at', async (shell) => {
    const { stdout, status } = await agent.run(`env -s billing --shell ${shell}`)
    expect(status).toBe(0)
    expect(stdout).toContain(`${await agent.url()}/billing/s3`)
    expect(stdout).toContain(place.path('main-run/billing.secret'))
  })

  it('is waited for by service, and one that it does not know is refused at once', async () => {
    expect(await agent.run('agent wait reporting')).toMatchObject({ status: 0, stdout: '' })
    const waited = await agent.run('agent wait billing --json')
    expect(JSON.parse(waited.stdout)).toMatchObject({ ready: true, lent: [{ name: 'billing/s3', state: 'fresh' }] })
    const unknown = await agent.run('agent wait nosuch --timeout 10m')
    expect(unknown.status).toBe(64)
    expect(unknown.stderr).toContain('error AGENT_SERVICE_UNKNOWN')
    expect(unknown.stderr).toContain('The agent works for no service nosuch; it works for: billing, reporting.')
  })

  it('is alone in its folder', async () => {
    const second = RunningAgent.start(place, 'main', ['billing.federate.json'])
    expect(await new Promise((resolve) => second.child.once('exit', resolve))).toBe(1)
    expect(second.log).toContain('AGENT_RUNNING')
  })
})

describe('an agent while things change', () => {
  it('reloads at SIGHUP, and keeps what it has when the new is bad', async () => {
    await place.write('reload.json', await place.read('billing.federate.json'))
    const running = RunningAgent.start(place, 'reload', ['reload.json'])
    try {
      await running.ready()
      const before = await running.lent('/billing/s3')
      await place.write('reload.json', '{ "version": 1')
      running.child.kill('SIGHUP')
      await running.logged('not reloaded')
      expect(running.log).toContain('SERVICE_FILE_INVALID')
      expect(await running.lent('/billing/s3')).toEqual(before)
      await place.write('reload.json', await place.read('reporting.federate.json'))
      running.child.kill('SIGHUP')
      await running.logged('"reloaded"')
      expect((await running.lent('/billing/s3')).status).toBe(404)
      await running.ready()
      expect((await running.lent('/reporting/s3')).status).toBe(200)
    } finally {
      expect(await running.end()).toBe(0)
    }
  })

  it('starts without its issuer, says why it is not ready, and gets ready when it is there', async () => {
    realm.failNext({ status: 503, times: 1000 })
    const running = RunningAgent.start(place, 'late', ['billing.federate.json'])
    try {
      await running.logged('not renewed')
      const ready = await running.get('/readyz')
      expect(ready.status).toBe(503)
      expect(JSON.parse(ready.body).lent[0]).toMatchObject({ state: 'failed', reason: { code: 'ISSUER_UNAVAILABLE' } })
      const lent = await running.lent('/billing/s3')
      expect(lent.status).toBe(500)
      expect(JSON.parse(lent.body)).toMatchObject({ Code: 'ISSUER_UNAVAILABLE' })
      const impatient = await running.run('agent wait --timeout 1s')
      expect(impatient).toMatchObject({ status: 1, stderr: expect.stringContaining('AGENT_NOT_READY') })
      expect(impatient.stderr).toMatch(
        /within 1s\. What it keeps:\n {2} {2}billing\/s3 failed ISSUER_UNAVAILABLE: http/,
      )
      expect(impatient.stderr).not.toContain('{')
      const asJson = await running.run('agent wait billing --timeout 1s --json')
      expect(JSON.parse(asJson.stdout).error.details.lent).toMatchObject([{ name: 'billing/s3', state: 'failed' }])
      realm.clearFaults()
      await running.ready()
      expect((await running.lent('/billing/s3')).status).toBe(200)
    } finally {
      realm.clearFaults()
      expect(await running.end('SIGINT')).toBe(0)
    }
  })

  it('lends at once after a restart without its issuer, from the cache, by the same secret', async () => {
    const first = RunningAgent.start(place, 'again', ['billing.federate.json'])
    await first.ready()
    const before = await first.lent('/billing/s3')
    const secret = await first.secret('billing')
    await first.end('SIGKILL')
    realm.failNext({ status: 503, times: 1000 })
    const second = RunningAgent.start(place, 'again', ['billing.federate.json'])
    try {
      await second.logged('lending')
      await second.ready()
      expect(await second.secret('billing')).toBe(secret)
      expect(await second.lent('/billing/s3')).toEqual(before)
    } finally {
      realm.clearFaults()
      await second.end()
    }
  })

  it('makes a secret anew when others could read the old one', async () => {
    const first = RunningAgent.start(place, 'open', ['billing.federate.json'])
    await first.ready()
    const secret = await first.secret('billing')
    await first.end()
    await chmod(place.path('open-run/billing.secret'), 0o644)
    const second = RunningAgent.start(place, 'open', ['billing.federate.json'])
    await second.ready()
    expect(await second.secret('billing')).not.toBe(secret)
    await second.end()
  })
})

describe('an agent that other hosts reach', () => {
  const authority = CertificateAuthority.make(new Date())
  const writePair = async () => {
    const { certificate, key } = await (await authority).issueForServer(['agent.example'], new Date())
    await place.write('tls.pem', certificate)
    await place.write('tls.key', key)
    return new X509Certificate(certificate).fingerprint256
  }

  it('lends to them by TLS, by the names that were given, and takes a renewed certificate', async () => {
    const first = await writePair()
    const flags = '--listen 0.0.0.0:0 --tls-cert tls.pem --tls-key tls.key --host agent.example'
    const running = RunningAgent.start(place, 'tls', ['billing.federate.json', ...flags.split(' ')])
    try {
      await running.ready()
      // Programs of this host have no need of its certificate.
      expect(await running.url()).toMatch(/^http:\/\/127\.0\.0\.1:/)
      const [, port] = /"https:\/\/agent\.example:(\d+)"/.exec(running.log) ?? []
      const ca = (await authority).pair.certificate
      const ask = (headers: Readonly<Record<string, string>>) =>
        fetchByTls({ port: Number(port), servername: 'agent.example', ca, path: '/billing/s3', headers })
      const authorization = await running.secret('billing')
      const host = `agent.example:${port}`
      const lent = await ask({ host, authorization })
      expect(lent).toMatchObject({ status: 200, fingerprint: first })
      expect(JSON.parse(lent.body)).toHaveProperty('SecretAccessKey')
      expect((await ask({ host })).status).toBe(401)
      expect((await ask({ host: 'elsewhere.example', authorization })).status).toBe(403)
      await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow()
      const second = await writePair()
      running.child.kill('SIGHUP')
      await running.logged('"reloaded"')
      expect((await ask({ host, authorization })).fingerprint).toBe(second)
    } finally {
      expect(await running.end()).toBe(0)
    }
  })
})

describe('an agent that cannot start', () => {
  it.each([
    ['billing.federate.json --listen 0.0.0.0:9912', 64, 'LISTEN_WITHOUT_TLS'],
    ['billing.federate.json --listen 0.0.0.0:9912 --tls-cert none.pem --tls-key none.key', 64, 'LISTEN_WITHOUT_HOST'],
    ['billing.federate.json --listen 10.0.0.1:0 --tls-cert none.pem --tls-key none.key', 64, 'TLS_FILE_UNREADABLE'],
    ['missing.json', 64, 'SERVICE_FILE_MISSING'],
    ['billing.federate.json billing.federate.json reload.json', 64, 'SERVICE_TWICE'],
    ['secrets', 64, 'SERVICE_FILE_MISSING'],
  ])('says why: %s', async (line, status, code) => {
    await place.write('reload.json', await place.read('billing.federate.json'))
    const ran = await place.asService(`agent ${line}`, { env: { RUNTIME_DIRECTORY: place.path('bad-run') } })
    expect(ran).toMatchObject({ status, stderr: expect.stringContaining(code) })
  })

  it('says that its port is taken', async () => {
    const listen = (await agent.url()).slice('http://'.length)
    const ran = await place.asService(`agent billing.federate.json --listen ${listen} --run-folder port-run`)
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining('ENDPOINT_PORT_TAKEN') })
  })
})

it('gets everything once with --once', async () => {
  const env = { CACHE_DIRECTORY: place.path('once-cache') }
  const ran = await place.asService('agent billing.federate.json reporting.federate.json --once', { env })
  expect(ran.status).toBe(0)
  expect(ran.stdout).toMatch(/^billing\/s3 fresh until 20\S+Z\nreporting\/s3 fresh until 20\S+Z\n$/)
  realm.failNext({ status: 503, times: 100 })
  expect((await place.asService('credentials aws -s billing.federate.json', { env })).status).toBe(0)
  const failed = await place.asService('agent billing.federate.json --once --no-cache')
  realm.clearFaults()
  expect(failed).toMatchObject({ status: 1, stdout: expect.stringContaining('billing/s3 failed ISSUER_UNAVAILABLE') })
})

describe('systemd', () => {
  it('gets a unit that starts this very agent', async () => {
    const { stdout } = await place.asService('agent billing.federate.json --unit')
    expect(stdout).toContain(` agent ${place.path('billing.federate.json')} --listen 127.0.0.1:9912\n`)
    expect(stdout).toContain('Type=notify')
    expect(stdout).toMatch(/^WatchdogSec=60$/m)
  })

  const socket = spawnSync('systemd-notify', ['--version']).status === 0 && python !== undefined
  it.skipIf(!socket)('is told on its own socket that the agent is ready, alive, reloading and ending', async () => {
    const path = place.path('notify')
    const program = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind('${path}'); print('bound', flush=True)
while True: print(s.recv(4096).decode().strip().replace('\\n', ';'), flush=True)`
    const listener = execFile(python ?? '', ['-c', program])
    let told = ''
    listener.stdout?.on('data', (text) => {
      told += text
    })
    while (!told.includes('bound')) await wait(20)
    const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '1000000' }
    const running = RunningAgent.start(place, 'notify', ['billing.federate.json'], env)
    const heard = async (text: string) => {
      while (!told.includes(text)) await wait(20)
    }
    try {
      await heard('READY=1')
      await heard('WATCHDOG=1')
      running.child.kill('SIGHUP')
      await heard('RELOADING=1')
      await running.end()
      await heard('STOPPING=1')
    } finally {
      await running.end()
      listener.kill()
    }
  })
})

it('logs lines of JSON, without secrets', async () => {
  const text = await readFile(place.path('main-run/billing.secret'), 'utf8')
  for (const line of agent.log.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg')
  expect(agent.log).not.toContain(text)
  expect(agent.log).not.toMatch(/eyJ|SecretAccessKey/)
})
