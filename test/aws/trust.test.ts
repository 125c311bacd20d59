import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aws } from '@federate/aws/cloud'
import type { AwsWish } from '@federate/aws/trust'
import {
  type FederateFile,
  nodeFetch,
  type ServiceWish,
  type TargetWish,
  Token,
  type TokenSource,
} from '@federate/core'
import { applyPlan, hasChanges, makeDestroyPlan, makePlan, type Plan } from '@federate/core/plan'
import { type Sandbox, startSandbox } from '@federate/sandbox'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePort } from '../keycloak/ports.ts'

const account = '123456789012'
const readOnly = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const signal = new AbortController().signal
const warnings: string[] = []
const context = { signal, now: Date.now, fetch: nodeFetch(), env: {}, warn: (text: string) => warnings.push(text) }

interface Wanted {
  readonly file: FederateFile
  readonly targets: readonly TargetWish<AwsWish>[]
}

let sandbox: Sandbox
let wanted: Wanted

async function targetOf(name: string, wish: Record<string, unknown>): Promise<TargetWish<AwsWish>> {
  const schema = await aws.wish()
  return { service: name, name: 's3', cloud: 'aws', wish: schema.parse({ account, role: name, ...wish }) }
}

function serviceOf(target: TargetWish, url: string): ServiceWish {
  const { service: name } = target
  return {
    name,
    issuerName: 'main',
    issuer: { url, kind: 'keycloak' },
    clientId: name,
    subject: `service-account-${name}`,
    auth: { method: 'client_secret_basic', secret: { env: `${name.toUpperCase()}_SECRET` } },
    claims: {},
    targets: [target],
  }
}

async function wantedAt(url: string, billing: Record<string, unknown> = {}): Promise<Wanted> {
  const targets = [await targetOf('billing', billing), await targetOf('reporting', {})]
  const services = targets.map((target) => serviceOf(target, url))
  const path = join(tmpdir(), 'federate.yaml')
  return { targets, file: { path, owner: 'acme', issuers: { main: { url, kind: 'keycloak' } }, services, apis: [] } }
}

function trustOf({ file: { owner, services }, targets }: Wanted) {
  return aws.trust({ owner, services, targets, context })
}

async function planOf(wish: Wanted): Promise<Plan> {
  const trust = await trustOf(wish)
  return makePlan({ owner: 'acme', resources: trust.resources, found: await trust.discover(signal), signal })
}

function issuerUrl(): string {
  return wanted.file.issuers['main']?.url ?? ''
}

/** Tokens of one service, as the issuer would give them for the audience `sts.amazonaws.com`. */
function tokensOf(name: string, claims: Record<string, unknown> = {}): TokenSource {
  return {
    getToken: async () => {
      const realm = sandbox.issuer.realm(issuerUrl())
      const client = realm?.running.definition.clients.find(({ clientId }) => clientId === name)
      if (realm === undefined || client === undefined) throw new Error(`the sandbox knows no client ${name}`)
      return new Token(await realm.signToken(client, ['federate-aws'], claims), new Date(Date.now() + 600_000))
    },
  }
}

async function runtimeOf(wish: Wanted) {
  const [target] = wish.targets
  if (target === undefined) throw new Error('there is no target')
  return (await trustOf(wish)).resolve(target, { get: () => undefined })
}

beforeAll(async () => {
  const port = await freePort()
  wanted = await wantedAt(`http://127.0.0.1:${port}/realms/acme`)
  sandbox = await startSandbox({ file: wanted.file, environment: {} })
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value)
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await sandbox.close()
})

describe('the trust in AWS, over the wire', () => {
  it('is made, and then differs no more', async () => {
    await applyPlan(await planOf(wanted), { signal })
    expect(hasChanges(await planOf(wanted))).toBe(false)
    expect(warnings[0]).toContain(`${issuerUrl()}/protocol/openid-connect/certs`)
  })

  it('turns the token of its service into credentials that work', async () => {
    const runtime = await runtimeOf(wanted)
    const credentials = await aws.exchange(runtime, tokensOf('billing'), context)
    const identity = `arn:aws:sts::${account}:assumed-role/billing/federate-billing`
    expect(credentials.identity).toBe(identity)
    expect(await aws.identify(credentials, runtime, context)).toBe(identity)
  })

  it('refuses the token of another service, and says which two subjects differ', async () => {
    await expect(aws.exchange(await runtimeOf(wanted), tokensOf('reporting'), context)).rejects.toMatchObject({
      code: 'AWS_NOT_AUTHORIZED',
      details: {
        awsCode: 'AccessDenied',
        expected: 'service-account-billing',
        actual: 'service-account-reporting',
      },
    })
  })

  it('refuses another audience, and says which two values differ', async () => {
    const tokens = tokensOf('billing', { aud: 'api://orders', azp: 'billing' })
    await expect(aws.exchange(await runtimeOf(wanted), tokens, context)).rejects.toMatchObject({
      code: 'AWS_TOKEN_AUDIENCE',
      details: { awsCode: 'InvalidIdentityToken', expected: 'sts.amazonaws.com', actual: 'billing' },
    })
  })

  it('is changed where the wish has changed, and only there', async () => {
    const changed = await wantedAt(issuerUrl(), {
      policies: [readOnly],
      inlinePolicies: {
        logs: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }] },
      },
      duration: '2h',
      tags: { Team: 'pay' },
    })
    const plan = await planOf(changed)
    const changes = plan.work.filter(({ step }) => step.action !== 'none')
    expect(changes.map(({ step }) => [step.action, step.address])).toEqual([['update', `aws:${account}/role/billing`]])
    await applyPlan(plan, { signal })
    expect(hasChanges(await planOf(changed))).toBe(false)
  })

  it('is refused before anything is changed where a trust policy is longer than the account allows', async () => {
    const vpcs = Array.from({ length: 100 }, (_, index) => `vpc-${String(index).padStart(17, '0')}`)
    const long = await wantedAt(issuerUrl(), { conditions: { StringEquals: { 'aws:SourceVpc': vpcs } } })
    const calls = sandbox.aws.requests.length
    await expect(planOf(long)).rejects.toMatchObject({
      code: 'AWS_TRUST_POLICY_LONG',
      problem: expect.stringMatching(
        /^The trust policy of services\.billing\.targets\.s3 would have \d{4} characters without white space; account 123456789012 allows 2048\.$/,
      ),
    })
    const asked = sandbox.aws.requests.slice(calls).map(({ action }) => action)
    expect(asked).toEqual(['GetCallerIdentity', 'GetAccountSummary'])
    sandbox.aws.account(account).trustPolicyQuota = 8192
    expect(hasChanges(await planOf(long))).toBe(true)
  })

  it('names the call that was denied, and a second run finishes', async () => {
    sandbox.aws.faults.denyNext('DetachRolePolicy')
    await expect(applyPlan(await planOf(wanted), { signal })).rejects.toMatchObject({
      code: 'APPLY_FAILED',
      problem: expect.stringContaining('iam:DetachRolePolicy'),
    })
    await applyPlan(await planOf(wanted), { signal })
    expect(hasChanges(await planOf(wanted))).toBe(false)
  })

  it('is destroyed, and nothing of ours is left', async () => {
    const found = await (await trustOf(wanted)).discover(signal)
    expect(found).toHaveLength(3)
    await applyPlan(await makeDestroyPlan({ owner: 'acme', found, signal }), { signal })
    expect(await (await trustOf(wanted)).discover(signal)).toEqual([])
  })
})
