import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, makePlace, type Place } from './harness.ts'

const services = `version: 1
owner: acme
issuers:
  main: { url: ISSUER, kind: keycloak, ca: ca.pem }
services:
  billing: { auth: { method: client_secret_basic, secret: { file: secrets/billing } } }
  reporting: { auth: { method: private_key_jwt, key: { file: secrets/reporting.pem } } }
  certified: { auth: { method: tls_client_auth, certificate: { file: secrets/c.pem }, key: { file: secrets/c.key } } }
  workload: { auth: { method: jwt_file, file: secrets/assertion } }
  hmac: { auth: { method: client_secret_jwt, secret: { file: secrets/hmac }, algorithm: HS512 } }
apis:
  orders: { audience: api://orders, roles: [reader] }
`

let place: Place
beforeAll(async () => {
  place = await makePlace(services)
  await place.startSandbox()
  await place.write('wrong', 'canary-wrong-secret')
})
afterAll(() => place.close())

const flags = () => `--issuer ${place.issuer} --client-id billing`

describe('a service that wants nothing of a cloud', () => {
  it('has its service file written, and its tokens are for own APIs', async () => {
    const setup = await place.federate('setup --yes')
    expect(setup.stdout).toContain(`Nothing to apply.\nwrote ${place.path('billing.federate.json')}\n`)
    expect(setup.status).toBe(0)
    const ran = await place.asService('token -s billing --for orders --json')
    expect(JSON.parse(ran.stdout).claims.aud).toBe('api://orders')
  })

  it('is not said to be well where nobody looks at Keycloak', async () => {
    for (const verb of ['plan', 'status', 'setup --yes', 'destroy --yes']) {
      const { status, stdout, stderr } = await place.federate(verb, { env: { FEDERATE_SANDBOX: undefined } })
      expect(stderr).toContain('KEYCLOAK_ACCESS_MISSING')
      expect(stderr).toContain('Nothing says who administers Keycloak.')
      expect(stdout).toBe('')
      expect(status).toBe(64)
    }
  })
})

describe('federate token, with flags alone', () => {
  it('shows header and claims, and not the token', async () => {
    const ran = await place.asService(`token ${flags()} --secret-file secrets/billing --for api://orders`)
    expect(ran.stderr).toBe('')
    expect(ran.status).toBe(0)
    expect(ran.stdout).toContain('"api://orders"')
    expect(ran.stdout).not.toMatch(/eyJ/)
  })

  it('prints the token alone, or as JSON, when asked to', async () => {
    const line = `token ${flags()} --auth client_secret_post --secret-file secrets/billing --raw`
    expect((await place.asService(line)).stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const json: unknown = JSON.parse((await place.asService(`${line} --json`)).stdout)
    expect(json).toEqual({ access_token: expect.stringMatching(/^eyJ/), expires_at: expect.any(String) })
  })

  it('takes a key, and a program may print the token of another', async () => {
    const key = `token --issuer ${place.issuer} --client-id reporting --key-file secrets/reporting.pem --raw --json`
    expect((await place.asService(key)).status).toBe(0)
    const auth = { method: 'token_command', command: [process.execPath, command, ...key.split(' ')] }
    const issuer = { url: place.issuer, kind: 'keycloak' }
    const file = { version: 1, service: 'reporting', issuer, clientId: 'reporting', auth, targets: {} }
    await place.write('printed.json', JSON.stringify(file))
    const ran = await place.asService('token --service printed.json --json')
    expect(ran.stderr).toBe('')
    expect(JSON.parse(ran.stdout).claims.azp).toBe('reporting')
  })

  it('is refused when the program asks federate for the very token that it should print', async () => {
    const again = [process.execPath, command, 'token', '--service', place.path('again.json'), '--raw']
    const issuer = { url: place.issuer, kind: 'keycloak' }
    const auth = { method: 'token_command', command: again }
    const file = { version: 1, service: 'reporting', issuer, clientId: 'reporting', auth, targets: {} }
    await place.write('again.json', JSON.stringify(file))
    const ran = await place.asService('token --service again.json')
    expect(ran.stderr).toContain('TOKEN_COMMAND_FAILED')
    const env = { FEDERATE_TRACE: '1' }
    const inner = await place.asService('token --service again.json', { env })
    expect(inner.stderr).toContain('TOKEN_COMMAND_FAILED')
    expect(inner.status).toBe(1)
  })

  it.each([
    ['certified', '--certificate-file secrets/c.pem --key-file secrets/c.key --ca ca.pem', 0],
    ['certified', '--certificate-file secrets/c.pem --key-file secrets/c.key', 4],
    ['billing', '--certificate-file secrets/c.pem --key-file secrets/c.key --ca ca.pem', 3],
    ['workload', '--jwt-file secrets/assertion', 0],
    ['billing', '--jwt-file secrets/assertion', 3],
    ['hmac', '--secret-file secrets/hmac --auth client_secret_jwt --algorithm HS512', 0],
    ['reporting', '--key-file secrets/reporting.pem --assertion-audience token_endpoint --algorithm PS256', 0],
  ])('%s proves itself by %s: exit status %d', async (client, proof, status) => {
    const ran = await place.asService(`token --check --issuer ${place.issuer} --client-id ${client} ${proof}`)
    expect(ran).toMatchObject({ status, stdout: '' })
  })

  it.each([
    ['a token can be had', () => `${flags()} --secret-file secrets/billing`, 0, 'billing gets its token; it expires'],
    ['its secret is wrong', () => `${flags()} --secret-file wrong`, 3, 'ISSUER_REFUSED_CLIENT'],
    [
      'nobody answers',
      () => '--issuer http://127.0.0.1:9 --client-id billing --secret-file wrong',
      4,
      'ISSUER_UNREACHABLE',
    ],
    ['its secret is not there', () => `${flags()} --secret-file none`, 64, 'SECRET_FILE_MISSING'],
    [
      'it lives too short',
      () => `${flags()} --secret-file secrets/billing --min-validity 9h`,
      1,
      'TOKEN_LIFETIME_TOO_SHORT',
    ],
    [
      'the flags contradict',
      () => `${flags()} --secret-file wrong --raw`,
      64,
      "'--raw' cannot be used with option '--check'",
    ],
  ])('--check: %s', async (_, line, status, says) => {
    const ran = await place.asService(`token --check ${line()}`)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toContain(says)
    expect(ran.stderr).not.toContain('canary')
    expect(ran.status).toBe(status)
  })

  it('--check --json says it to programs', async () => {
    const good = await place.asService(`token --check --json ${flags()} --secret-file secrets/billing`)
    expect(JSON.parse(good.stdout)).toEqual({ expiresAt: expect.any(String), sha256: expect.any(String) })
    const bad = await place.asService(`token --check --json ${flags()} --secret-file wrong`)
    expect(JSON.parse(bad.stdout)).toMatchObject({ error: { code: 'ISSUER_REFUSED_CLIENT', outcome: 'refused' } })
    expect(bad.status).toBe(3)
  })

  it('ends quietly when nobody reads what it prints', async () => {
    const args = `token ${flags()} --secret-file secrets/billing --json`.split(' ')
    const child = spawn(process.execPath, [command, ...args], { cwd: place.folder, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    const status = await new Promise((resolve) => child.once('close', resolve))
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })
})
