import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  IAMClient,
  ListOpenIDConnectProvidersCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { billingAlone, makePlace, type Place } from './harness.ts'

const [first, second, third] = ['123456789012', '210987654321', '345678901234']
const accessRole = `arn:aws:iam::${third}:role/OrganizationAccountAccessRole`
let place: Place

const yaml = `${billingAlone}    targets:
      one: { cloud: aws, account: "${first}", role: billing }
      two: { cloud: aws, account: "${second}", role: billing, path: /services/ }
  reporting:
    auth: { method: client_secret_basic, secret: { file: secrets/reporting } }
    targets:
      three: { cloud: aws, account: "${third}", role: reporting }
`

const adminYaml = `version: 1
aws:
  accounts:
    "${second}": { profile: second }
    "${third}": { assumeRole: "${accessRole}", externalId: acme }
`

function iam(account = third): IAMClient {
  const endpoint = place.sandbox.env['AWS_ENDPOINT_URL_IAM'] ?? ''
  return new IAMClient({ endpoint, region: 'us-east-1', credentials: place.sandbox.aws.adminCredentials(account) })
}

/** Runs the command as an administrator who has keys of the first account, a profile and a role for the others. */
function federate(line: string) {
  return place.federate(line, { env: { AWS_CONFIG_FILE: place.path('config') } })
}

beforeAll(async () => {
  place = await makePlace(yaml)
  await place.startSandbox()
  await place.write('federate.admin.yaml', adminYaml)
  const keys = place.sandbox.aws.adminCredentials(second ?? '')
  await place.write(
    'config',
    `[profile second]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`,
  )
  const Statement = [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${first}:root` },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'acme' } },
    },
  ]
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  const RoleName = 'OrganizationAccountAccessRole'
  await iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
  await iam().send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))
})

afterAll(() => place.close())

describe('three accounts in one run', () => {
  it('are planned together', async () => {
    const plan = await federate('plan aws')
    // Keys in the environment and a profile for another account are no contradiction.
    expect(plan.stderr).not.toContain('aws-sdk')
    expect(plan.stdout).toContain('Plan: 6 to create.')
    for (const account of [first, second, third]) expect(plan.stdout).toContain(`in account ${account}`)
    expect(plan.status).toBe(2)
  })

  it('are set up together, and every target verified with a real token', async () => {
    const setup = await federate('setup aws --yes')
    expect(setup.stderr).not.toContain('FAILED')
    expect(setup.stdout.match(/^verified /gm)).toHaveLength(3)
    expect(setup.status).toBe(0)
    const { targets } = JSON.parse(await place.read('billing.federate.json'))
    expect(targets.two.roleArn).toBe(`arn:aws:iam::${second}:role/services/billing`)
    expect((await federate('plan aws')).status).toBe(0)
  })

  it('show drift in one of them, and repair it there alone', async () => {
    const OpenIDConnectProviderArn = (await iam(second).send(new ListOpenIDConnectProvidersCommand({})))
      .OpenIDConnectProviderList?.[0]?.Arn
    await iam(second).send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
    await iam(third).send(new DeleteRoleCommand({ RoleName: 'reporting' }))
    const plan = await federate('plan aws')
    expect(plan.stdout).toContain('Plan: 2 to create, 4 unchanged.')
    expect((await federate('setup aws --yes')).status).toBe(0)
    expect((await federate('plan aws')).status).toBe(0)
  })

  it('prune what federate.yaml has forgotten, also in an account without targets', async () => {
    await place.write('fewer.yaml', yaml.replaceAll('ISSUER', place.issuer).replace(/ {2}reporting:[\s\S]*$/, ''))
    const plan = await federate('plan aws -c fewer.yaml --prune')
    expect(plan.stdout).toContain(`delete IAM role reporting in account ${third}`)
    expect(plan.stdout).toContain('Plan: 2 to delete, 4 unchanged.')
    const pruned = await federate('setup aws -c fewer.yaml --prune --yes')
    expect(pruned.stdout).toContain('Applied 2 step(s).')
    expect(pruned.status).toBe(0)
    expect([...place.sandbox.aws.account(third ?? '').roles.keys()]).toEqual(['OrganizationAccountAccessRole'])
    expect(place.sandbox.aws.account(third ?? '').providers.size).toBe(0)
    expect((await federate('plan aws -c fewer.yaml --prune')).status).toBe(0)
    expect((await federate('setup aws --yes')).status).toBe(0)
  })

  it('are destroyed together', async () => {
    const destroyed = await federate('destroy aws --yes')
    expect(destroyed.status).toBe(0)
    for (const account of [first, second, third])
      expect(place.sandbox.aws.account(account ?? '').providers.size).toBe(0)
    expect([...place.sandbox.aws.account(third ?? '').roles.keys()]).toEqual(['OrganizationAccountAccessRole'])
  })

  it('say which of them cannot be reached, and how to say it', async () => {
    await place.write('other.admin.yaml', adminYaml.replace(/.*profile: second.*\n/, ''))
    const wrong = await federate('plan aws --admin other.admin.yaml')
    expect(wrong.stderr).toContain(`services.billing.targets.two is for account ${second} (aws)`)
    expect(wrong.stderr).toContain(`say in federate.admin.yaml how it is reached: aws.accounts."${second}"`)
    expect(wrong.status).toBe(64)
    await place.write('denied.admin.yaml', adminYaml.replace('externalId: acme', 'externalId: other'))
    const denied = await federate('plan aws --admin denied.admin.yaml')
    expect(denied.stderr).toContain(`AWS refused sts:AssumeRole on ${accessRole}`)
    expect(denied.status).toBe(3)
  })

  it('are reached by flags as well, without the file', async () => {
    await place.write('none.admin.yaml', 'version: 1\n')
    const flags = `--aws-profile ${second}=second --aws-assume-role ${accessRole} --aws-external-id ${third}=acme`
    const plan = await federate(`plan aws --admin none.admin.yaml ${flags}`)
    expect(plan.stdout).toContain('Plan: 6 to create.')
    expect(plan.status).toBe(2)
    const wrong = await federate('plan aws --aws-profile second')
    expect(wrong.stderr).toContain(
      '--aws-profile is "second", expected account=profile, where an account is 12 digits.',
    )
    expect(wrong.status).toBe(64)
  })

  it('refuse an admin file that is wrong, with its place', async () => {
    await place.write('bad.admin.yaml', adminYaml.replace(third ?? '', '999999999999').replace('profile:', 'profil:'))
    const { status, stderr } = await federate('plan aws --admin bad.admin.yaml')
    expect(stderr).toContain('bad.admin.yaml:4:')
    expect(stderr).toContain('did you mean "profile"?')
    expect(status).toBe(64)
    expect((await federate('plan aws --admin none.yaml')).stderr).toContain('named by --admin or FEDERATE_ADMIN')
  })
})
