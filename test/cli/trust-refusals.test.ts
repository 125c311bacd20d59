import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { account, makePlace, type Place, twoServices } from './harness.ts'
import { transcript } from './transcript.ts'

let place: Place

beforeEach(async () => {
  place = await makePlace()
  await place.startSandbox()
})

afterEach(() => place.close())

const state = () => place.sandbox.aws.account(account)

/** Everything in the account, as text: to see that nothing changed. */
const everything = () => JSON.stringify([[...state().providers.values()], [...state().roles.values()]])

async function keep(name: string, line: string) {
  const ran = await place.federate(line)
  await expect(transcript(line, ran, place)).toMatchFileSnapshot(`refusals/trust ${name}.txt`)
  return ran
}

/** Takes every mark off an object, as if somebody had made it by hand. */
function unmark(tags: Map<string, string>): void {
  tags.clear()
}

describe('what exists without a mark', () => {
  it('a role: blocked, then adopted by name, and destroyed no earlier', async () => {
    await place.federate('setup aws --yes')
    for (const role of state().roles.values()) if (role.name === 'billing') unmark(role.tags)
    const before = everything()
    const setup = await keep('role exists unmarked', 'setup aws --yes')
    expect(setup.status).toBe(1)
    expect(setup.stderr).toContain(`--adopt aws:${account}/role/billing`)
    expect(everything()).toBe(before)
    expect((await place.federate('destroy aws --yes')).stdout).toContain('Destroyed 2 object(s)')
    expect(state().roles.has('billing')).toBe(true)
    const adopted = await place.federate(`setup aws --yes --adopt aws:${account}/role/billing`)
    expect(adopted.stderr).toContain('adopt IAM role billing')
    expect(adopted.status).toBe(0)
    expect((await place.federate('plan aws')).status).toBe(0)
    // What was not made by us is released, not deleted.
    const destroyed = await place.federate('destroy aws --yes')
    expect(destroyed.stderr).toContain('the role was adopted, so it stays')
    expect(destroyed.stderr).toContain('done    release IAM role billing')
    expect(destroyed.stdout).toBe('Destroyed 2 object(s) of acme. Released 1, without our part of it.\n')
    const left = ['billing', 'reporting'].map((name) => place.path(`${name}.federate.json`))
    expect(destroyed.stderr).toContain(`still there, and good for less now: ${left.join(', ')}`)
    expect([...(state().roles.get('billing')?.tags.keys() ?? ['no role'])]).toEqual([])
    expect([...(state().roles.get('billing')?.attachedPolicies ?? [])]).toHaveLength(1)
    expect(state().roles.has('reporting')).toBe(false)
  })

  it('a provider: blocked, and its client ids left alone when it is adopted and destroyed', async () => {
    await place.federate('setup aws --yes')
    for (const provider of state().providers.values()) {
      unmark(provider.tags)
      provider.clientIds = ['somebody-elses']
    }
    const setup = await keep('provider exists unmarked', 'setup aws --yes')
    expect(setup.status).toBe(1)
    const address = /--adopt (\S+oidc-provider[^\s`]+)/.exec(setup.stderr)?.[1] ?? 'none'
    const adopted = await place.federate(`setup aws --yes --adopt ${address}`)
    expect(adopted.status).toBe(0)
    const clientIds = () => [...state().providers.values()].map((provider) => provider.clientIds)
    expect(clientIds()).toEqual([['somebody-elses', 'sts.amazonaws.com']])
    const destroyed = JSON.parse((await place.federate('destroy aws --yes --json')).stdout)
    const released = ({ action }: { action: string }) => action === 'release'
    expect(destroyed.steps.filter(released)).toMatchObject([{ address }])
    expect(destroyed.serviceFiles).toHaveLength(2)
    expect(clientIds()).toEqual([['somebody-elses']])
    expect([...state().providers.values()].map((provider) => [...provider.tags.keys()])).toEqual([[]])
  })

  it("another owner's role: never touched, not even by name", async () => {
    await place.federate('setup aws --yes')
    state().roles.get('billing')?.tags.set('federate:owner', 'others')
    const setup = await keep("another owner's role", 'setup aws --yes')
    expect(setup.status).toBe(1)
    expect((await place.federate(`setup aws --yes --adopt aws:${account}/role/billing`)).status).toBe(64)
  })
})

describe('what is said no to', () => {
  it('one call in the middle: what was done and what was not, and another run continues', async () => {
    // Of the two roles only billing has a policy to attach.
    place.sandbox.aws.faults.denyNext('AttachRolePolicy')
    const setup = await keep('access denied in the middle', 'setup aws --yes')
    expect(setup.status).toBe(3)
    expect(setup.stderr).toContain('iam:AttachRolePolicy')
    expect(setup.stderr).toMatch(/Done: aws:\d+\/oidc-provider.*role\/reporting\. Failed: .*role\/billing/)
    expect((await place.federate('setup aws --yes')).status).toBe(0)
    expect((await place.federate('plan aws')).status).toBe(0)
  })

  it('reading: which permission is missing', async () => {
    place.sandbox.aws.faults.denyNext('GetAccountAuthorizationDetails')
    const plan = await keep('access denied while reading', 'plan aws')
    expect(plan.status).toBe(3)
    expect(plan.stderr).toContain('iam:GetAccountAuthorizationDetails')
  })

  it('throttling for a moment: nobody notices', async () => {
    place.sandbox.aws.faults.throttleNext('CreateRole', 2)
    expect((await place.federate('setup aws --yes')).status).toBe(0)
  })

  it('throttling that does not end', async () => {
    place.sandbox.aws.faults.throttleNext('CreateRole', 100)
    const setup = await keep('throttled', 'setup aws --yes')
    expect(setup.stderr).toContain('AWS_THROTTLED')
    expect(setup.status).toBe(4)
  })

  it('no credentials of an administrator at all', async () => {
    const ran = await place.asService('plan aws', {
      env: { AWS_EC2_METADATA_DISABLED: 'true', HOME: place.folder, AWS_CONFIG_FILE: '/dev/null' },
    })
    expect(ran.stderr).toContain('AWS_NO_CREDENTIALS')
    expect(ran.status).toBe(64)
  })

  it("credentials of another account than the file's", async () => {
    await place.write('other.yaml', (await place.read('federate.yaml')).replaceAll(account, '999999999999'))
    const ran = await keep('wrong account', 'plan aws -c other.yaml')
    expect(ran.stderr).toContain('AWS_WRONG_ACCOUNT')
    expect(ran.stderr).toContain('999999999999')
    expect(ran.stderr).toContain(account)
    expect(ran.status).toBe(64)
  })
})

describe('what changes in the meantime', () => {
  it('a role that somebody makes between plan and apply is left as it is', async () => {
    await place.federate('setup aws --yes')
    const made = state().roles.get('reporting')
    if (made === undefined) throw new Error('no role')
    unmark(made.tags)
    state().roles.delete('reporting')
    for (const provider of state().providers.values()) provider.clientIds = []
    place.sandbox.aws.faults.delayNext('AddClientIDToOpenIDConnectProvider', 1_500)
    const { requests } = place.sandbox.aws
    const start = requests.length
    const setup = place.federate('setup aws --yes')
    await until(() => requests.slice(start).some(({ action }) => action === 'AddClientIDToOpenIDConnectProvider'))
    state().roles.set('reporting', made)
    const ran = await setup
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain('somebody changed it between plan and apply. It was left as it is.')
    expect(made.tags.size).toBe(0)
  })

  it('a role that somebody deletes between plan and apply is told of, and made by the next run', async () => {
    await place.federate('setup aws --yes')
    state().roles.get('billing')?.attachedPolicies.clear()
    for (const provider of state().providers.values()) provider.clientIds = []
    place.sandbox.aws.faults.delayNext('AddClientIDToOpenIDConnectProvider', 1_500)
    const { requests } = place.sandbox.aws
    const start = requests.length
    const setup = place.federate('setup aws --yes')
    await until(() => requests.slice(start).some(({ action }) => action === 'AddClientIDToOpenIDConnectProvider'))
    state().roles.delete('billing')
    const ran = await setup
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain('somebody changed it between plan and apply')
    expect((await place.federate('setup aws --yes')).status).toBe(0)
    expect(state().roles.get('billing')?.attachedPolicies.size).toBe(1)
  })

  it('a provider that somebody deletes is drift, and made again', async () => {
    await place.federate('setup aws --yes')
    state().providers.clear()
    const status = await place.federate('status aws')
    expect(status.stdout).toContain('+ create identity provider')
    expect(status.status).toBe(2)
    const refused = await place.asService('credentials aws -s billing.federate.json')
    expect(refused.stderr).toContain('error AWS_NO_PROVIDER')
    const setup = await place.federate('setup aws --yes')
    expect(setup.stdout.match(/^verified /gm)).toHaveLength(2)
    expect((await place.federate('status aws')).status).toBe(0)
  })

  it('a role that two services want is refused before anything is read', async () => {
    await place.write(
      'twice.yaml',
      twoServices.replaceAll('ISSUER', place.issuer).replace('role: reporting', 'role: Billing'),
    )
    const ran = await place.federate('plan aws -c twice.yaml')
    expect(ran.stderr).toContain('error AWS_ROLE_TAKEN')
    expect(ran.stderr).toContain('(the other writes Billing; IAM ignores case)')
    expect(ran.status).toBe(64)
    expect(place.sandbox.aws.requests).toEqual([])
  })

  it('drift is shown by status, and mended by setup', async () => {
    await place.federate('setup aws --yes')
    const role = state().roles.get('billing')
    if (role === undefined) throw new Error('no role')
    role.trustPolicy = role.trustPolicy.replace('service-account-billing', 'service-account-mallory')
    const status = await keep('drift', 'status aws')
    expect(status.status).toBe(2)
    expect(status.stdout).toContain('service-account-mallory')
    expect((await place.federate('setup aws --yes')).status).toBe(0)
    expect(role.trustPolicy).toContain('service-account-billing')
  })

  it('a service that left the file is shown, and goes only with --prune', async () => {
    await place.federate('setup aws --yes')
    const yaml = await place.read('federate.yaml')
    await place.write('federate.yaml', yaml.replace(/ {2}reporting:[\s\S]*?(?=apis:)/, ''))
    const plan = await keep('service left the file', 'plan aws')
    expect(plan.status).toBe(2)
    expect(plan.stdout).toContain('no longer wanted IAM role reporting')
    await place.federate('setup aws --yes')
    expect(state().roles.has('reporting')).toBe(true)
    await place.federate('setup aws --yes --prune')
    expect(state().roles.has('reporting')).toBe(false)
    expect((await place.federate('plan aws')).status).toBe(0)
  })
})

describe('an issuer that AWS cannot reach', () => {
  it('is warned about, with the two paths that must be public', async () => {
    await place.write('federate.yaml', twoServices.replace('ISSUER', 'https://10.1.2.3/realms/acme'))
    const plan = await place.federate('plan aws')
    expect(plan.stderr).toContain('https://10.1.2.3/realms/acme/.well-known/openid-configuration')
    expect(plan.stderr).toContain('https://10.1.2.3/realms/acme/protocol/openid-connect/certs')
    expect(plan.status).toBe(2)
  })
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
