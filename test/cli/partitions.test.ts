import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { billingAlone, makePlace, type Place } from './harness.ts'

const accounts = [
  ['aws-cn', '123456789012', 'cn-north-1'],
  ['aws-us-gov', '210987654321', 'us-gov-west-1'],
  ['aws-eusc', '345678901234', 'eusc-de-east-1'],
] as const
let place: Place

const targets = accounts.map(
  ([partition, account]) =>
    `      ${partition}: { cloud: aws, account: "${account}", partition: ${partition}, role: billing, policies: [arn:${partition}:iam::aws:policy/AmazonS3ReadOnlyAccess] }`,
)
const yaml = `${billingAlone}    targets:
${targets.join('\n')}
`

function federate(line: string) {
  return place.federate(line, { env: { AWS_CONFIG_FILE: place.path('config'), AWS_REGION: undefined } })
}

beforeAll(async () => {
  place = await makePlace(yaml)
  await place.startSandbox()
  const profiles = accounts.map(([partition, account]) => {
    const { accessKeyId, secretAccessKey } = place.sandbox.aws.adminCredentials(account)
    return `[profile ${partition}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`
  })
  await place.write('config', profiles.join('\n'))
  const lines = accounts.map(([partition, account]) => `    "${account}": { profile: ${partition} }`)
  await place.write('federate.admin.yaml', `version: 1\naws:\n  accounts:\n${lines.join('\n')}\n`)
})

afterAll(() => place.close())

describe('the partitions of AWS beside the first', () => {
  it('are set up in one run, and verified with a real token each', async () => {
    const setup = await federate('setup aws --yes')
    expect(setup.stderr).not.toContain('FAILED')
    for (const [partition, account] of accounts)
      expect(setup.stdout).toContain(`arn:${partition}:sts::${account}:assumed-role/billing/federate-billing`)
    expect(setup.status).toBe(0)
    expect((await federate('plan aws')).status).toBe(0)
  })

  it.each(accounts)('%s: roles, trust and service file bear its name', async (partition, account) => {
    const role = place.sandbox.aws.account(account).roles.get('billing')
    expect(role?.arn).toBe(`arn:${partition}:iam::${account}:role/federate/acme/billing`)
    expect(role?.trustPolicy).toContain(`arn:${partition}:iam::${account}:oidc-provider/`)
    const { targets: resolved } = JSON.parse(await place.read('billing.federate.json'))
    expect(resolved[partition].roleArn).toBe(role?.arn)
    const printed = await place.asService(`credentials aws -s billing.federate.json --target ${partition}`)
    expect(JSON.parse(printed.stdout).AccountId).toBe(account)
    const explained = await federate(`explain aws billing --target ${partition}`)
    expect(explained.stdout).toContain('accepted by aws')
  })

  it('are not reached with the credentials of another', async () => {
    const right = await place.read('federate.admin.yaml')
    await place.write('wrong.yaml', right.replace('profile: aws-cn', 'profile: aws-eusc'))
    const { status, stderr } = await federate('plan aws --admin wrong.yaml')
    expect(stderr).toContain('is for account 123456789012 (aws-cn)')
    expect(stderr).toContain('(aws-eusc): arn:aws-eusc:iam::345678901234:user/sandbox-admin')
    expect(status).toBe(64)
  })

  it('are destroyed, and nothing is left', async () => {
    expect((await federate('destroy aws --yes')).status).toBe(0)
    for (const [, account] of accounts) expect(place.sandbox.aws.account(account).providers.size).toBe(0)
  })
})
