import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { account, makePlace, type Place } from './harness.ts'

let place: Place

beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
})

afterAll(() => place.close())

describe('the whole chain, with the bundled command', () => {
  it('plans, and says by its exit status that something would change', async () => {
    const plan = await place.federate('plan aws')
    expect(plan.status).toBe(2)
    expect(plan.stdout).toContain('create IAM role billing')
    expect(plan.stdout).toContain('create IAM role reporting')
    expect(plan.stdout).toMatch(/Plan: 3 to create\. Fingerprint: [0-9a-f]{16}/)
  })

  it('says that nobody has looked at Keycloak, unless it is the own of the sandbox', async () => {
    expect((await place.federate('plan')).stderr).toBe('')
    const alone = { env: { FEDERATE_SANDBOX: undefined } }
    const plan = await place.federate('plan', alone)
    expect(plan.stderr).toContain(
      'warning Keycloak is left out, because no FEDERATE_KEYCLOAK_USERNAME and no FEDERATE_KEYCLOAK_CLIENT_ID says who administers it.',
    )
    expect(plan.status).toBe(2)
    expect(JSON.parse((await place.federate('status --json', alone)).stdout)).toMatchObject({ leftOut: ['keycloak'] })
    expect((await place.federate('plan aws', alone)).stderr).toBe('')
    const half = await place.federate('plan', { env: { ...alone.env, FEDERATE_KEYCLOAK_PASSWORD: 'canary' } })
    expect(half.stderr).toContain('FEDERATE_KEYCLOAK_PASSWORD is set, and FEDERATE_KEYCLOAK_USERNAME is not.')
    expect(half.status).toBe(64)
  })

  it('needs a yes when nobody is there to ask, and changes nothing without', async () => {
    const setup = await place.federate('setup aws')
    expect(setup.status).toBe(64)
    expect(setup.stderr).toContain('CONFIRMATION_MISSING')
    expect((await place.federate('plan aws')).stdout).toContain('Plan: 3 to create.')
  })

  it('applies only the plan that was reviewed', async () => {
    const wrong = await place.federate('setup aws --expect 0000000000000000')
    expect(wrong.status).toBe(1)
    expect(wrong.stderr).toContain('--expect says 0000000000000000. Nothing was changed.')
  })

  it('applies the plan with that fingerprint, verifies with real tokens and writes the service files', async () => {
    const { fingerprint } = JSON.parse((await place.federate('plan aws --json')).stdout)
    const setup = await place.federate(`setup aws --expect ${fingerprint}`)
    expect(setup.stderr).toContain('done    create IAM role billing')
    expect(setup.stdout).toContain('verified billing/s3 (aws): a real token was exchanged')
    expect(setup.stdout).toContain('verified reporting/s3 (aws): a real token was exchanged')
    expect(setup.status).toBe(0)
    const file = await place.read('billing.federate.json')
    expect(JSON.parse(file)).toMatchObject({
      version: 1,
      service: 'billing',
      auth: { method: 'client_secret_basic', secret: { file: 'secrets/billing' } },
      targets: { s3: { cloud: 'aws', roleArn: `arn:aws:iam::${account}:role/federate/acme/billing` } },
    })
    expect(file).not.toContain((await place.read('secrets/billing')).trim())
  })

  it('changes nothing the second time', async () => {
    const again = await place.federate('setup aws --yes')
    expect(again.stderr).toContain('No changes. 3 object(s) as wanted.')
    expect(again.stdout).toContain('Nothing to apply.')
    expect(again.status).toBe(0)
    expect((await place.federate('plan aws')).status).toBe(0)
    expect((await place.federate('status aws')).status).toBe(0)
  })

  it('shows the claims of a token and never the token, unless asked', async () => {
    const decoded = await place.asService('token --decode -s billing.federate.json')
    expect(decoded.status).toBe(0)
    expect(decoded.stdout).toContain('"sub": "service-account-billing"')
    expect(decoded.stdout).toContain('"environment": "production"')
    expect(decoded.stdout).not.toMatch(/eyJ/)
    const raw = await place.asService('token --raw -s billing.federate.json')
    expect(raw.stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/)
  })

  it('asks for the audience of an own API by its name', async () => {
    const { stdout } = await place.asService('token --for orders --json -s billing.federate.json')
    expect(JSON.parse(stdout).claims).toMatchObject({ aud: 'api://orders', azp: 'billing' })
  })

  it.each(['billing', 'reporting'])('gets credentials for %s that AWS knows', async (service) => {
    const { stdout, status } = await place.asService(`credentials aws -s ${service}.federate.json`)
    expect(status).toBe(0)
    const output = JSON.parse(stdout)
    expect(output).toMatchObject({ Version: 1, AccountId: account })
    const client = new STSClient({
      region: 'us-east-1',
      endpoint: place.sandbox.env['AWS_ENDPOINT_URL_STS'] ?? '',
      credentials: {
        accessKeyId: output.AccessKeyId,
        secretAccessKey: output.SecretAccessKey,
        sessionToken: output.SessionToken,
      },
    })
    const { Arn } = await client.send(new GetCallerIdentityCommand({}))
    expect(Arn).toMatch(new RegExp(`^arn:aws:sts::${account}:assumed-role/${service}/`))
  })

  it("explains the refusal of another service's token with the two values that differ", async () => {
    const { stdout } = await place.asService('token --raw -s reporting.federate.json')
    await place.write('reporting.jwt', stdout)
    const piped = await place.asService('credentials aws -s billing.federate.json --token-file -', {
      input: await place.read('reporting.jwt'),
    })
    expect(piped.stderr).toContain('AWS_NOT_AUTHORIZED')
    const refused = await place.asService('credentials aws -s billing.federate.json --token-file reporting.jwt')
    expect(refused.status).toBe(3)
    expect(refused.stdout).toBe('')
    expect(refused.stderr).toContain('AccessDenied')
    expect(refused.stderr).toContain('Not authorized to perform sts:AssumeRoleWithWebIdentity')
    expect(refused.stderr).toContain('service-account-reporting')
    expect(refused.stderr).toContain('service-account-billing')
    const explained = await place.federate('explain aws billing --token-file reporting.jwt')
    expect(explained.status).toBe(3)
    expect(explained.stdout).toContain('service-account-reporting')
    expect(explained.stdout).toContain('AccessDenied')
  })

  it('explains the refusal of a token for another audience', async () => {
    const { stdout } = await place.asService('token --raw --for orders -s billing.federate.json')
    await place.write('orders.jwt', stdout)
    const refused = await place.asService('credentials aws -s billing.federate.json --token-file orders.jwt')
    expect(refused.status).toBe(3)
    expect(refused.stderr).toContain('InvalidIdentityToken')
    expect(refused.stderr).toContain('sts.amazonaws.com')
    expect(refused.stderr).toMatch(/azp.*billing/)
  })

  it('predicts acceptance of its own trust offline', async () => {
    const { stdout, status } = await place.federate('explain aws billing', { env: { AWS_ENDPOINT_URL_STS: undefined } })
    expect(stdout).toContain('accepted by aws')
    expect(status).toBe(0)
  })

  it('destroys what bears the mark and nothing else', async () => {
    const destroy = await place.federate('destroy aws --yes')
    expect(destroy.stdout).toContain('Destroyed 3 object(s) of acme.')
    expect(destroy.status).toBe(0)
    expect((await place.federate('destroy aws --yes')).stdout).toContain('Destroyed 0 object(s) of acme.')
    const after = await place.asService('credentials aws -s billing.federate.json --no-cache')
    expect(after.status).toBe(3)
    expect(after.stderr).toContain('No OpenIDConnect provider found in your account')
  })
})
