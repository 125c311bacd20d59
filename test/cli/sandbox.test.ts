import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, makePlace, type Place } from './harness.ts'
import { companyProxy, connectionRecorder, hostileConfiguration, hostileVariables } from './hostile-environment.ts'

/** As `federate init` writes it, and a service whose tokens are asked for at another issuer. */
const production = `version: 1
owner: acme
issuers:
  prod: { url: https://keycloak.example.com/realms/prod, kind: keycloak }
  auth0: { url: https://acme.eu.auth0.com/, kind: oidc, audienceAs: audience }
services:
  billing:
    issuer: prod
    auth: { method: client_secret_basic, secret: { file: /run/secrets/billing } }
    roles: { orders: [reader] }
    targets:
      s3: { cloud: aws, account: "123456789012", role: billing }
      lake: { cloud: gcp, project: acme-prod, serviceAccount: billing-svc }
  reporting:
    issuer: auth0
    subject: reporting@clients
    auth: { method: client_secret_post, secret: { env: REPORTING_SECRET } }
    targets: { s3: { cloud: aws, account: "210987654321", role: reporting } }
apis:
  orders: { audience: api://orders, roles: [reader, writer] }
`

let place: Place
beforeAll(async () => {
  place = await makePlace(production)
  await place.write('billing.federate.json', 'the real one')
})
afterAll(() => place.close())

/** What each of these lines of a shell printed in one sandbox, both streams together. */
async function inSandbox(lines: readonly string[], env: Record<string, string> = {}): Promise<readonly string[]> {
  const script = [
    'federate() { "$NODE" "$FEDERATE_TESTED" "$@" 2>&1; }',
    ...lines.map((line) => `${line}; echo "===$?"`),
  ]
  const tested = { NODE: process.execPath, FEDERATE_TESTED: command, ...env }
  const ran = await place.federate(['sandbox', '--', 'sh', '-c', script.join('\n')], { env: tested })
  expect(ran.status).toBe(0)
  return ran.stdout.split(/(?<====\d+)\n/)
}

describe('federate sandbox in the folder of a federate.yaml for another place', () => {
  it('stands in for issuers and credentials, and leaves the real ones alone', async () => {
    const administrator = {
      FEDERATE_KEYCLOAK_USERNAME: 'admin',
      FEDERATE_ADMIN: 'none.yaml',
      FEDERATE_SERVICE: 'billing',
    }
    const [setup, again, token, ofCloud, credentials, exec, left, another] = await inSandbox(
      [
        'federate setup --yes',
        'federate plan',
        'federate token -s billing --for orders --json',
        'federate token -s billing --for gcp --json',
        'federate credentials aws -s reporting',
        'federate exec billing -- sh -c \'echo "$FEDERATE_CONFIG"\'',
        'env | grep -c "^FEDERATE_ADMIN\\|^FEDERATE_KEYCLOAK"',
        `federate sandbox -c ${place.path('federate.yaml')} -- sh -c 'echo "$FEDERATE_CONFIG"'`,
      ],
      administrator,
    )
    // The second account is reached by the role that organizations have for it.
    expect(setup?.match(/^verified /gm)).toHaveLength(3)
    expect(setup).toContain(`wrote ${place.path('.federate-sandbox/billing.federate.json')}`)
    expect(again).toContain('No changes.')
    expect(JSON.parse((token ?? '').replace('===0', '')).claims).toMatchObject({
      iss: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/realms\/prod$/),
      resource_access: { 'api://orders': { roles: ['reader'] } },
    })
    expect(JSON.parse((ofCloud ?? '').replace('===0', '')).claims.aud).toBe('sts.googleapis.com')
    expect(credentials).toContain('"SecretAccessKey"')
    expect(exec).toContain(place.path('.federate-sandbox/federate.yaml'))
    expect(left).toBe('0\n===1')
    // Another one at the same time has a folder and a port of its own.
    expect(another).toContain(`\n${place.path('.federate-sandbox/2/federate.yaml')}\n===0`)
    expect(await place.read('billing.federate.json')).toBe('the real one')
    expect(await place.read('federate.yaml')).toBe(production)
    expect((await readdir(place.folder)).sort()).toEqual(
      ['.federate-sandbox', 'billing.federate.json', 'cache', 'federate.yaml'].sort(),
    )
    expect(await place.read('.federate-sandbox/.gitignore')).toBe('*\n')
  })

  it('says of its issuer that there is nothing to administer', async () => {
    const login = 'FEDERATE_KEYCLOAK_USERNAME=admin FEDERATE_KEYCLOAK_PASSWORD=only-for-tests'
    const [keys, plan] = await inSandbox([
      'federate keys list --issuer prod',
      `export ${login}; federate plan keycloak`,
    ])
    expect(keys).toContain('error KEYCLOAK_IS_SANDBOX')
    expect(keys).toContain('There is nothing to set up in it: its realm is made from federate.yaml when it starts')
    expect(plan).toContain('error KEYCLOAK_IS_SANDBOX')
    expect(plan).toContain('is the sandbox of federate, which plays a realm')
    expect(plan).toContain('===64')
  })
})

/** A target in each cloud. */
const everywhere = `version: 1
owner: acme
issuers:
  prod: { url: https://keycloak.example.com/realms/prod, kind: keycloak }
services:
  billing:
    auth: { method: client_secret_basic, secret: { file: /run/secrets/billing } }
    targets:
      s3: { cloud: aws, account: "123456789012", role: billing }
      lake: { cloud: gcp, project: acme-prod, serviceAccount: billing-svc }
      files: { cloud: azure, tenant: 2a585d57-a5a8-4688-a60c-9796389eae7a, application: billing, scope: https://storage.azure.com }
`

const listBuckets = `
const { S3Client, ListBucketsCommand } = require('@aws-sdk/client-s3')
new S3Client({ maxAttempts: 1 }).send(new ListBucketsCommand({})).catch(({ name }) => console.log('refused', name))`

describe('the lines of the README that try the sandbox', () => {
  it('work as they stand, in a checkout that is built', async () => {
    const checkout = fileURLToPath(new URL('../..', import.meta.url))
    const readme = await readFile(join(checkout, 'README.md'), 'utf8')
    const [, lines = ''] = /```sh\n(checkout=[^`]*)```/.exec(readme) ?? []
    expect(lines).toContain('federate sandbox -- ')
    // They make a folder for temporary files.
    const env = { ...process.env, TMPDIR: place.folder, PATH: `${dirname(process.execPath)}:/usr/bin:/bin` }
    const { stdout } = await promisify(execFile)('sh', ['-ec', lines], { cwd: checkout, env })
    expect(stdout).toContain('verified billing/aws (aws): a real token was exchanged')
    expect(stdout).toContain('"SecretAccessKey"')
  })
})

describe('federate sandbox where everything leads elsewhere', () => {
  let hostile: Place
  beforeAll(async () => {
    hostile = await makePlace(everywhere)
    await mkdir(hostile.path('.aws'))
    await hostile.write('.aws/config', hostileConfiguration)
    await hostile.write('recorder.cjs', connectionRecorder)
    await hostile.write('left', '')
  })
  afterAll(() => hostile.close())

  it('keeps what is asked of the clouds on this machine, and is found by its own name', async () => {
    const lines = [
      'federate setup --yes',
      'federate credentials azure',
      '"$NODE" -e "$LIST_BUCKETS"',
      'env',
      'cat "$LEFT"',
      // So that the recorder is known to record.
      'AWS_ENDPOINT_URL_STS=https://hostile.invalid federate plan aws',
      'cat "$LEFT"',
    ]
    const script = ['exec 2>&1', ...lines.map((line) => `${line}; echo "===$?"`)].join('\n')
    const env = {
      ...hostileVariables,
      ...companyProxy,
      // There is no federate in it.
      PATH: '/usr/bin:/bin',
      HOME: hostile.folder,
      NODE: process.execPath,
      NODE_PATH: new URL('../node_modules', import.meta.url).pathname,
      NODE_OPTIONS: `--require=${hostile.path('recorder.cjs')}`,
      LEFT: hostile.path('left'),
      LIST_BUCKETS: listBuckets,
    }
    const ran = await hostile.federate(['sandbox', '--', 'sh', '-c', script], { env })
    const [setup, credentials, buckets, variables = '', before, plan, after] = ran.stdout.split(/(?<====\d+)\n/)
    expect(setup?.match(/^verified /gm)).toHaveLength(3)
    expect(credentials).toMatch(/accessToken/i)
    expect(credentials).toContain('===0')
    // It plays no S3, and says so; the real one is not asked instead.
    expect(buckets).toContain('refused')
    const given = new Set(variables.split('\n'))
    expect(Object.entries(hostileVariables).filter(([name, value]) => given.has(`${name}=${value}`))).toEqual([])
    expect([...given]).toContain('NO_PROXY=localhost,127.0.0.1,::1')
    expect(before).toBe('===0')
    expect(plan).toContain('===4')
    expect(after).toContain('hostile.invalid')
    const path = [...given].find((line) => line.startsWith('PATH=')) ?? ''
    await expect(readdir(path.split(':').at(-1) ?? '')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
