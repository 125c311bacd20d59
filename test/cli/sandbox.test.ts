import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, makePlace, type Place } from './harness.ts'

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
    targets: { s3: { cloud: aws, account: "123456789012", role: reporting } }
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
    const [setup, again, token, ofCloud, credentials, exec, left] = await inSandbox(
      [
        'federate setup --yes',
        'federate plan',
        'federate token -s billing --for orders --json',
        'federate token -s billing --for gcp --json',
        'federate credentials aws -s reporting',
        'federate exec billing -- sh -c \'echo "$FEDERATE_CONFIG"\'',
        'env | grep -c "^FEDERATE_ADMIN\\|^FEDERATE_KEYCLOAK"',
      ],
      administrator,
    )
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
    expect(keys).toContain('error KEYCLOAK_ACCESS_MISSING')
    expect(keys).toContain('there is nothing to set up: its realm is made from federate.yaml when it starts')
    expect(plan).toContain('error KEYCLOAK_IS_SANDBOX')
    expect(plan).toContain('is the sandbox of federate, which plays a realm')
    expect(plan).toContain('===64')
  })
})
