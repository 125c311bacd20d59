import { execFile, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { networkInterfaces } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { CertificateAuthority, type RealmControl } from '@federate/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pythonTools } from '../clients/python-tools.ts'
import { fetchByTls } from './fetch-by-tls.ts'
import { command, makePlace, type Place } from './harness.ts'
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

function hasIPv6(): boolean {
  const has = Object.values(networkInterfaces()).some((addresses = []) =>
    addresses.some(({ address }) => address === '::1'),
  )
  if (!has) process.stderr.write('\n!!! NOT TESTED: this host has no IPv6 for the agent to listen at.\n\n')
  return has
}

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
    expect(await second.ended()).toBe(1)
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

  it('shares its cache with another agent: what one has got the other one lends', async () => {
    const cache = { CACHE_DIRECTORY: place.path('shared-cache') }
    const before = realm.requests('token')
    const args = ['billing.federate.json']
    const agents = ['one', 'other'].map((name) => RunningAgent.start(place, name, args, cache))
    try {
      await Promise.all(agents.map((running) => running.ready()))
      const lent = await Promise.all(agents.map((running) => running.lent('/billing/s3')))
      expect(lent[0]?.status).toBe(200)
      expect(lent[0]).toEqual(lent[1])
      expect(realm.requests('token') - before).toBe(1)
    } finally {
      await Promise.all(agents.map((running) => running.end()))
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
    const flags = '--listen 0.0.0.0:0 --tls-cert tls.pem --tls-key tls.key --host agent.example --host other.example'
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
      expect(running.log).toContain(`The certificate in ${place.path('tls.pem')} does not name other.example: `)
      expect(running.log).not.toContain('does not name agent.example')
    } finally {
      expect(await running.end()).toBe(0)
    }
  })
})

describe.skipIf(!hasIPv6())('an agent on IPv6', () => {
  it('lends on its loopback by http, and to others by TLS, by an address however it was written', async () => {
    const authority = await CertificateAuthority.make(new Date())
    const { certificate, key } = await authority.issueForServer(['::1', 'agent.example'], new Date())
    await place.write('six.pem', certificate)
    await place.write('six.key', key)
    const flags = '--listen [::1]:0 --listen [::]:0 --tls-cert six.pem --tls-key six.key'
    const names = '--host FD00:0:0::0001 --host agent.example'
    const running = RunningAgent.start(place, 'six', ['billing.federate.json', ...`${flags} ${names}`.split(' ')])
    try {
      await running.ready()
      const url = await running.url()
      expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/)
      expect((await running.lent('/billing/s3')).status).toBe(200)
      expect((await running.run('env -s billing')).stdout).toContain(
        `AWS_CONTAINER_CREDENTIALS_FULL_URI='${url}/billing/s3'`,
      )
      const [, port] = /"https:\/\/\[fd00::1\]:(\d+)"/.exec(running.log) ?? []
      const ask = async (host: string, servername: string) => {
        const authorization = await running.secret('billing')
        const ca = authority.pair.certificate
        const asked = { host: '::1', port: Number(port), servername, ca, path: '/billing/s3' }
        return fetchByTls({ ...asked, headers: { host, authorization } })
      }
      // An address is no server name (RFC 6066 section 3): the certificate is compared with where it was called.
      expect(await ask(`[::1]:${port}`, '')).toMatchObject({ status: 200 })
      expect(await ask(`[fd00::1]:${port}`, '')).toMatchObject({ status: 200 })
      expect(await ask(`agent.example:${port}`, 'agent.example')).toMatchObject({ status: 200 })
      expect(await ask(`[fd00::2]:${port}`, '')).toMatchObject({ status: 403 })
      await expect(ask(`other.example:${port}`, 'other.example')).rejects.toMatchObject({
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      })
      expect(running.log).toContain(`The certificate in ${place.path('six.pem')} does not name FD00:0:0::0001: `)
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
    ['billing.federate.json --host http://x', 64, 'HOST_INVALID'],
    ['missing.json', 64, 'as in `federate agent /etc/federate`'],
    ['billing.federate.json billing.federate.json reload.json', 64, 'SERVICE_TWICE'],
    ['secrets', 64, 'SERVICE_FILE_MISSING'],
  ])('says why: %s', async (line, status, code) => {
    await place.write('reload.json', await place.read('billing.federate.json'))
    const ran = await place.asService(`agent ${line}`, { env: { RUNTIME_DIRECTORY: place.path('bad-run') } })
    expect(ran).toMatchObject({ status, stderr: expect.stringContaining(code) })
  })

  it.each([
    ['/dev/null/run', 'cannot be made (ENOTDIR).', 'With --run-folder, name a folder that this user may write to.'],
    ['open-folder', 'has the mode 0777, so that others could put credentials there.', 'Run `chmod 700 '],
  ])('names a run folder that it cannot use: %s', async (folder, problem, next) => {
    await mkdir(place.path('open-folder'), { recursive: true })
    await chmod(place.path('open-folder'), 0o777)
    const ran = await place.asService(`agent billing.federate.json --run-folder ${folder}`)
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining('RUN_FOLDER_UNUSABLE') })
    expect(ran.stderr).toContain(`The run folder ${resolve(place.folder, folder)} ${problem}\n  next: ${next}`)
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
  expect(failed).toMatchObject({ status: 4, stdout: expect.stringContaining('billing/s3 failed ISSUER_UNAVAILABLE') })
})

it('ends --once as what failed, and with 1 where failures differ', async () => {
  const service = JSON.parse(await place.read('billing.federate.json'))
  await place.write('wrong', 'canary-wrong-secret')
  const wrong = { method: 'client_secret_basic', secret: { file: 'wrong' } }
  const nowhere = { ...service.issuer, url: 'http://127.0.0.1:1/realms/acme' }
  await place.write('once-refused.json', JSON.stringify({ ...service, service: 'refused', auth: wrong }))
  await place.write('once-nowhere.json', JSON.stringify({ ...service, service: 'nowhere', issuer: nowhere }))
  const once = async (files: string) => (await place.asService(`agent ${files} --once --no-cache`)).status
  expect(
    await Promise.all(
      [
        'once-refused.json',
        'once-nowhere.json',
        'once-refused.json once-nowhere.json',
        'once-refused.json billing',
      ].map(once),
    ),
  ).toEqual([3, 4, 1, 3])
})

describe('an agent that is gone', () => {
  it.each([
    [{ url: 'http://127.0.0.1:1', pid: 1 }, 4, 'The agent at 127.0.0.1:1 cannot be reached'],
    [{ url: 'https://[http://x]:9913', pid: 1 }, 4, 'No agent has told its address in '],
  ])('is waited for, and then is not there: %j', async (address, status, says) => {
    await mkdir(place.path('gone'), { recursive: true, mode: 0o700 })
    await place.write('gone/agent.json', JSON.stringify(address))
    for (const line of ['agent wait billing --timeout 1s', 'env -s billing']) {
      const ran = await place.asService(`${line} --run-folder gone`)
      expect(ran).toMatchObject({ status, stdout: '' })
      expect(ran.stderr).toContain(says)
    }
  })
})

describe.skipIf(process.platform === 'win32')('an agent that was killed', () => {
  it('is not pointed at, though somebody else listens on its port', async () => {
    const killed = RunningAgent.start(place, 'killed', ['billing.federate.json'])
    await killed.ready()
    const { port } = new URL(await killed.url())
    expect((await killed.run('env -s billing')).stdout).toContain(`:${port}/billing/s3`)
    await killed.end('SIGKILL')
    const other = createServer((_request, response) => response.end('{}')).listen(Number(port), '127.0.0.1')
    await once(other, 'listening')
    const ran = await killed.run('env -s billing')
    other.close()
    expect(ran).toMatchObject({ status: 4, stdout: '' })
    expect(ran.stderr).toContain('AGENT_MISSING')
    expect(ran.stderr).toContain(`The agent that told its address in ${place.path('killed-run')} was killed.`)
  })
})

describe('an agent that is ended', () => {
  it('waits neither for an issuer that does not answer, nor for the process that has the lock', async () => {
    const issuer = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(issuer, 'listening')
    const address = issuer.address()
    const port = typeof address === 'object' ? address?.port : 0
    const service = JSON.parse(await place.read('billing.federate.json'))
    service.issuer.url = `http://127.0.0.1:${port}/realms/acme`
    await place.write('silent.federate.json', JSON.stringify(service))
    const [first, second] = ['first', 'second'].map((name) =>
      RunningAgent.start(place, name, ['silent.federate.json'], { CACHE_DIRECTORY: place.path('silent-cache') }),
    )
    if (first === undefined || second === undefined) throw new Error('there are two')
    await Promise.all([first.logged('lending'), second.logged('lending')])
    const asked = once(issuer, 'request')
    const secret = await first.secret('billing')
    const lent = first.get('/-/token/billing?audience=api', { authorization: secret }).catch(() => undefined)
    await asked
    expect(await Promise.all([first.end(), second.end(), lent])).toEqual([0, 0, undefined])
    expect(existsSync(place.path('first-run/agent.json'))).toBe(false)
    issuer.closeAllConnections()
    issuer.close()
  }, 15_000)
})

describe.skipIf(process.platform === 'win32')('on a disk that takes nothing more', () => {
  // No file may grow (setrlimit(2), RLIMIT_FSIZE): files can be made, and not a byte goes in, as on a disk that is full.
  const full = ['/bin/sh', '-c', 'ulimit -f 0; exec "$0" "$@"']
  const asServiceOn = (words: readonly string[], env: Record<string, string>) => {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|FEDERATE)_|^NODE_/.test(name))
    const own = { ...place.sandbox.env, AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, ...env }
    const [shell = '', ...rest] = [...full, process.execPath, command, ...words]
    return promisify(execFile)(shell, rest, { cwd: place.folder, env: { ...Object.fromEntries(inherited), ...own } })
  }

  it('credentials and exec give credentials, with a warning, and leave nothing half written', async () => {
    const env = { CACHE_DIRECTORY: place.path('full-cache') }
    const printed = await asServiceOn(['credentials', 'aws', '-s', 'billing.federate.json'], env)
    expect(JSON.parse(printed.stdout)).toHaveProperty('SecretAccessKey')
    expect(printed.stderr).toMatch(
      /warning \S+\.json could not be written \(EFBIG\)\. The credentials are not cached\.\n$/,
    )
    const show = 'env | grep AWS_CONTAINER'
    const ran = await asServiceOn(['exec', 'billing', '--', '/bin/sh', '-c', show], env)
    expect(ran.stdout).toContain('AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:')
    expect(ran.stderr).toContain('The credentials are not cached.')
    expect(await readdir(place.path('full-cache/credentials'))).toEqual([])
  })

  it('credentials are given where there can be no cache at all, as on a read-only disk', async () => {
    const env = { CACHE_DIRECTORY: '/dev/null/cache' }
    const ran = await place.asService('credentials aws -s billing.federate.json', { env })
    expect(JSON.parse(ran.stdout)).toHaveProperty('SecretAccessKey')
    expect(ran.status).toBe(0)
    expect(ran.stderr).toMatch(
      /warning The cache folder \S+ cannot be made \(ENOTDIR\)\..* Nothing is cached meanwhile\.\n$/,
    )
  })

  it('an agent lends by the secrets that are there, says what it cannot write, and keeps what is in files', async () => {
    await place.write('full.yaml', 'version: 1\noutputs: [{ path: kept, service: billing, format: json }]\n')
    const args = ['billing.federate.json', '--config', 'full.yaml', '--no-cache']
    const before = RunningAgent.start(place, 'full', args)
    await before.ready()
    const kept = await place.read('kept')
    await before.end()
    const running = RunningAgent.start(place, 'full', args, {}, full)
    try {
      await running.logged('"not written"')
      const [, url = ''] = /"(http:[^"]+)"/.exec(running.log) ?? []
      const lent = await fetch(`${url}/billing/s3`, { headers: { authorization: await running.secret('billing') } })
      expect(await lent.json()).toHaveProperty('SecretAccessKey')
      expect(running.log).toContain('programs cannot be told where the agent is')
      const { files } = JSON.parse(await (await fetch(`${url}/readyz`)).text())
      expect(files).toMatchObject([{ name: place.path('kept'), state: 'failed', reason: { code: 'FILE_NOT_WRITTEN' } }])
      expect(await place.read('kept')).toBe(kept)
    } finally {
      expect(await running.end()).toBe(0)
    }
    const left = await readdir(place.folder)
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('systemd', () => {
  it('gets a unit that starts this very agent, with the secrets that only root can read', async () => {
    const { stdout } = await place.asService('agent billing reporting.federate.json --unit')
    const files = ['billing', 'reporting'].map((name) => place.path(`${name}.federate.json`)).join(' ')
    expect(stdout).toContain(` agent ${files} --listen 127.0.0.1:9912\n`)
    expect(stdout).toContain('Type=notify')
    expect(stdout).toMatch(/^WatchdogSec=60$/m)
    expect(stdout).toContain(`\nLoadCredential=billing.secret:${place.path('secrets/billing')}\n`)
    expect(stdout).toContain(`\nLoadCredential=reporting.key:${place.path('secrets/reporting.pem')}\n`)
    expect(stdout).toContain('\nDynamicUser=yes\nCapabilityBoundingSet=\n')
    const quiet = await place.asService('agent billing --unit --log-level warn --no-cache')
    expect(quiet.stdout).toContain(' --listen 127.0.0.1:9912 --log-level warn --no-cache\n')
    const low = await place.asService('agent billing --unit --listen 127.0.0.1:0 --listen 127.0.0.1:443')
    expect(low.stdout).toContain(
      'CapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n',
    )
  })

  it('hands over secrets as its unit says', async () => {
    const service = JSON.parse(await place.read('billing.federate.json'))
    service.auth.secret.file = '/nowhere/billing'
    await place.write('root.json', JSON.stringify(service))
    const without = await place.asService('token --check -s root.json')
    expect(without).toMatchObject({ status: 64, stderr: expect.stringContaining('SECRET_FILE_MISSING') })
    await mkdir(place.path('handed'))
    await place.write('handed/billing.secret', await place.read('secrets/billing'), 0o440)
    const env = { CREDENTIALS_DIRECTORY: place.path('handed') }
    const handed = await place.asService('token --check -s root.json', { env })
    expect(handed.status).toBe(0)
    expect(handed.stderr).not.toContain('warning')
  })

  it('gets a unit for an agent that writes files of others: as root, with no more than that needs', async () => {
    const output = `{ path: /run/billing/aws, service: billing, format: json, user: billing }`
    await place.write('unit.yaml', `version: 1\noutputs:\n  - ${output}\n`)
    const line = 'agent billing.federate.json --config unit.yaml --unit-file federate-agent.service'
    const ran = await place.asService(line)
    expect(ran).toMatchObject({ status: 0, stdout: `wrote ${place.path('federate-agent.service')}\n` })
    const text = await place.read('federate-agent.service')
    expect(text).toContain(` --config ${place.path('unit.yaml')} `)
    expect(text).toContain('CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL\n')
    expect(text).toContain('ReadWritePaths=-/run/billing\n')
    expect(text).not.toContain('DynamicUser')
    expect((await place.asService(line)).stdout).toBe(`nothing to change in ${place.path('federate-agent.service')}\n`)
    await place.write('federate-agent.service', '[Unit]\nDescription=mine\n')
    const refused = await place.asService(line)
    expect(refused).toMatchObject({ status: 64, stderr: expect.stringContaining('UNIT_TAKEN') })
    expect(refused.stderr).toContain('federate-agent.service is there, and federate did not write it.')
    expect(await place.read('federate-agent.service')).toBe('[Unit]\nDescription=mine\n')
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
