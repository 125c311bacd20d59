import { mkdtempSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { TestAuthority } from '../../packages/core/src/authentication/certificates.test-kit.ts'
import { stringField } from '../keycloak/admin.ts'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { ownKeycloak } from '../keycloak/borrow.ts'
import { quickRealm } from '../keycloak/quick-realm.ts'
import { firstStart, type RunningKeycloak } from '../keycloak/server.ts'
import { administrator } from '../keycloak/trust-world.ts'
import { type CountingProxy, countingProxy } from './counting-proxy.ts'
import { makePlace, type Place } from './harness.ts'

const realm = 'acme'
const billing = `  billing:
    auth: { method: client_secret_basic, secret: { file: secrets/billing } }
    claims: { environment: production }
    roles: { orders: [reader] }
    targets:
      s3: { cloud: aws, account: "123456789012", role: billing }
`
const yaml = (url: string, services = billing, issuer = '') => `version: 1
owner: acme
issuers: { main: { url: ${url}, kind: keycloak${issuer} } }
services:
${services}apis:
  orders: { audience: api://orders, roles: [reader, writer] }
`

describe.skipIf(!keycloakAvailability().available)('the command with a real Keycloak', () => {
  const certificates = mkdtempSync(join(tmpdir(), 'federate-tls-'))
  let server: RunningKeycloak
  let proxy: CountingProxy
  let place: Place

  beforeAll(async () => {
    const { certificateFile, keyFile } = new TestAuthority(certificates).issue('localhost', 'DNS:localhost')
    server = await ownKeycloak({ tls: { certificateFile, keyFile } })
    proxy = await countingProxy(server.url)
  }, firstStart)
  afterAll(async () => {
    await proxy?.close()
    await server?.close()
    await rm(certificates, { recursive: true })
  })
  beforeEach(async () => {
    await server.admin.create('', quickRealm(realm))
    place = await makePlace(yaml(server.issuer(realm)))
  })
  afterEach(async () => {
    await place.close()
    await server.admin.delete(`/${realm}`)
  })

  const federate = (line: string | readonly string[], during?: Parameters<Place['federate']>[1]) =>
    place.federate(line, { env: { ...administrator, FEDERATE_KEYCLOAK_URL: proxy.url }, ...during })
  const clientIds = async () => {
    const clients = await server.admin.get(`/${realm}/clients`)
    return Array.isArray(clients) ? clients.map((client) => stringField(client, 'clientId')) : []
  }

  it('shows each token beside the one that is needed, before and after it is made', async () => {
    const planned = await federate('plan keycloak')
    expect(planned.status).toBe(2)
    expect(planned.stdout).toContain('  token of billing for s3 (aws): RS256, lives 1200 s\n')
    expect(planned.stdout).toMatch(/^ {4}sub {14}service-account-billing +as needed$/m)
    expect(planned.stdout).toMatch(/^ {4}resource_access {2}\{"api:\/\/orders":\{"roles":\["reader"\]\}\} +as needed$/m)
    expect(planned.stdout).toContain('Tokens: 2 as needed, 0 not.')
    const none = await federate('status keycloak')
    expect(none.stdout).toContain('! token of billing for s3 (aws): none, the client is not there or lacks the scope')
    expect(none.status).toBe(2)

    expect((await federate('setup keycloak --yes --no-verify')).status).toBe(0)
    const made = await federate('status keycloak --preview')
    expect(made).toMatchObject({ status: 0, stderr: '' })
    expect(made.stdout).toContain('roles of api://orders: reader (the service account has reader; let through: reader)')
    expect(made.stdout.match(/Keycloak's own example of the token as it is now agrees\./g)).toHaveLength(2)
    const quiet = await federate('plan keycloak')
    expect(quiet).toMatchObject({
      status: 0,
      stdout: 'Tokens: 2 as needed, 0 not.\nNo changes. 4 object(s) as wanted.\n',
    })
    const json = JSON.parse((await federate('status keycloak --preview --json')).stdout)
    expect(json.tokens).toMatchObject([
      {
        ...{ service: 'billing', target: 's3', for: 'aws', fits: true },
        token: { claims: { sub: 'service-account-billing' }, lifetime: 1200 },
        preview: { differences: [] },
      },
      { target: 'orders', for: 'api', token: { roles: { token: { 'api://orders': ['reader'] } } } },
    ])
  })

  it('marks a token that is not as it is needed, whoever changed it', async () => {
    await federate('setup keycloak --yes --no-verify')
    const [client] = [await server.admin.get(`/${realm}/clients?clientId=billing`)].flat()
    const config = { 'claim.name': 'environment', 'claim.value': 'test', 'access.token.claim': 'true' }
    const mapper = { name: 'zz', protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper', config }
    await server.admin.create(`/${realm}/clients/${stringField(client, 'id')}/protocol-mappers/models`, {
      ...mapper,
      config: { ...config, 'claim.name': 'sub', 'claim.value': 'somebody' },
    })
    const { status, stdout, stderr } = await federate('status keycloak')
    expect(status).toBe(2)
    expect(stdout).toMatch(/^ {2}! sub {14}somebody +needed: service-account-billing$/m)
    expect(stdout).toContain('! aws refuses it by the rule trust-policy')
    expect(stderr).toContain('The client billing has what federate did not put there, and leaves alone: mapper zz.')
  })

  it('refuses to make clients whose tokens their cloud would refuse', async () => {
    const tags = Array.from({ length: 51 }, (_, index) => `T${index}: [x]`).join(', ')
    const claims = `{ https://aws.amazon.com/tags: { principal_tags: { ${tags} } } }`
    await place.write(
      'federate.yaml',
      yaml(server.issuer(realm), billing.replace('{ environment: production }', claims)),
    )
    const { status, stderr } = await federate('setup keycloak --yes')
    expect(status).toBe(64)
    expect(stderr).toContain('error TOKEN_UNFIT')
    expect(stderr).toContain('The session tags cannot be read: 51 tags, where AWS allows 50.')
    expect(await clientIds()).not.toContain('billing')
    expect((await federate('plan keycloak')).stdout).toContain('! aws refuses it by the rule session-tags')
  })

  it('names a certificate that it does not trust, and takes the authority that is given', async () => {
    const issuer = `${server.secureUrl}/realms/${realm}`
    const direct = { env: administrator }
    await place.write('federate.yaml', yaml(issuer))
    const refused = await federate('plan keycloak', direct)
    expect(refused.status).toBe(4)
    expect(refused.stderr).toMatch(
      /ISSUER_UNREACHABLE[\s\S]*certificate is not signed by an authority that this process trusts/,
    )
    await place.write('ca.pem', await readFile(join(certificates, 'ca.pem'), 'utf8'))
    await place.write('federate.yaml', yaml(issuer, billing, ', ca: ca.pem'))
    expect((await federate('setup keycloak --yes --no-verify', direct)).status).toBe(0)
    expect((await federate('plan keycloak', direct)).status).toBe(0)
  })

  it("gives one administrator's password to one server only", async () => {
    const two = yaml(server.issuer(realm)).replace(
      'kind: keycloak }',
      'kind: keycloak }, other: { url: https://other.example.com/realms/a, kind: keycloak }',
    )
    await place.write('federate.yaml', two.replace('    auth:', '    issuer: main\n    auth:'))
    proxy.requests()
    const { status, stderr } = await federate('plan keycloak')
    expect(status).toBe(64)
    expect(stderr).toContain('error KEYCLOAK_SEVERAL_SERVERS')
    expect(proxy.requests()).toBe(0)
  })

  describe('secrets', () => {
    const elsewhere = billing.replace('secrets/billing', '/run/secrets/billing')
    const secretOf = async () => {
      const [client] = [await server.admin.get(`/${realm}/clients?clientId=billing`)].flat()
      const answer = await server.admin.get(`/${realm}/clients/${stringField(client, 'id')}/client-secret`)
      return stringField(answer, 'value')
    }

    it('go to the relative file of federate.yaml, and are shown nowhere', async () => {
      const ran = await federate('setup keycloak --yes --no-verify --json')
      const secret = await secretOf()
      expect((await place.read('secrets/billing')).trim()).toBe(secret)
      expect((await stat(place.path('secrets/billing'))).mode & 0o777).toBe(0o600)
      const rotated = await federate('setup keycloak --yes --no-verify --rotate-secret billing')
      expect(await secretOf()).not.toBe(secret)
      expect((await place.read('secrets/billing')).trim()).toBe(await secretOf())
      for (const said of [ran.stdout, ran.stderr, rotated.stdout, rotated.stderr]) {
        expect(said).not.toContain(secret)
        expect(said).not.toContain(await secretOf())
      }
    })

    it('that belong on another host need a folder or a command, before anything is changed', async () => {
      await place.write('federate.yaml', yaml(server.issuer(realm), elsewhere))
      const { status, stderr } = await federate('setup keycloak --yes')
      expect(status).toBe(64)
      expect(stderr).toContain('error CREDENTIAL_NOWHERE')
      expect(await clientIds()).not.toContain('billing')
    })

    it('are never written over another file', async () => {
      await place.write('federate.yaml', yaml(server.issuer(realm), elsewhere))
      expect((await federate('setup keycloak --yes --no-verify --secrets-dir out')).status).toBe(0)
      const first = await place.read('out/billing')
      expect(first.trim()).toBe(await secretOf())
      expect(await readdir(place.path('out'))).toEqual(['billing'])
      await federate('destroy keycloak --yes')
      const { status, stderr } = await federate('setup keycloak --yes --secrets-dir out')
      expect(status).toBe(64)
      expect(stderr).toContain('error CREDENTIAL_EXISTS')
      expect(await place.read('out/billing')).toBe(first)
      expect(await clientIds()).not.toContain('billing')
    })

    it('that a command did not take are delivered again', async () => {
      await place.write('federate.yaml', yaml(server.issuer(realm), elsewhere))
      const command = ['setup', 'keycloak', '--yes', '--no-verify', '--secret-command']
      const failed = await federate([...command, 'cat >/dev/null; exit 3'])
      expect(failed.status).toBe(1)
      expect(failed.stderr).toContain('the --secret-command ended with 3')
      const taken = await federate([...command, 'cat > "taken-$FEDERATE_SERVICE_NAME"'])
      expect(taken.status).toBe(0)
      expect(await place.read('taken-billing')).toBe(await secretOf())
      expect(`${failed.stderr}${taken.stdout}${taken.stderr}`).not.toContain(await secretOf())
    })
  })

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'is interrupted by %s at a write, and another run completes the realm',
    async (signal) => {
      const setup = 'setup keycloak --yes --no-verify'
      const writesBefore = proxy.writes()
      expect((await federate(setup)).status).toBe(0)
      const writes = proxy.writes() - writesBefore
      for (let position = 1; position <= writes; position += 5) {
        await federate('destroy keycloak --yes')
        const interrupted = await federate(setup, {
          during: (child) => proxy.atWrite(position, () => void child.kill(signal)),
          env: { ...administrator, FEDERATE_KEYCLOAK_URL: proxy.url },
        })
        await proxy.idle()
        // What is under way at a SIGINT is ended first: at the last writes nothing is left to be stopped.
        if (signal === 'SIGKILL' || position === 1) expect(interrupted.status).not.toBe(0)
        if (signal === 'SIGINT' && interrupted.status !== 0) expect(interrupted.stderr).toContain('APPLY_INTERRUPTED')
        expect((await federate(setup)).status).toBe(0)
        expect((await federate('status keycloak --preview')).status).toBe(0)
        expect((await place.read('secrets/billing')).trim()).not.toBe('')
      }
    },
    300_000,
  )
})
