import type { ExaminedToken, TrustFile } from '@federate/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainFiles } from './explain-files.ts'

const now = new Date('2026-11-21T12:00:00Z')
const seconds = now.getTime() / 1000
const url = 'kc.example.com/realms/prod'
const providerArn = `arn:aws:iam::123456789012:oidc-provider/${url}`
const policy = {
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${url}:sub`]: 'service-account-billing' } },
  },
}
const provider = { Url: url, ClientIDList: ['sts.amazonaws.com'], ThumbprintList: [] }

function token(claims: Record<string, unknown> = {}): ExaminedToken {
  const usual = { iss: `https://${url}`, sub: 'service-account-billing', aud: 'sts.amazonaws.com' }
  return {
    header: { alg: 'RS256', kid: '1', typ: 'JWT' },
    claims: { ...usual, iat: seconds - 10, exp: seconds + 600, ...claims },
    signature: { state: 'valid' },
    length: 900,
  }
}

function explainOf(documents: Record<string, unknown>, values: Record<string, string> = {}, claims = {}) {
  const files = Object.entries(documents).map(([name, document]): [string, TrustFile] => [
    name,
    { path: `${name}.json`, text: typeof document === 'string' ? document : JSON.stringify(document) },
  ])
  return explainFiles({ files: new Map(files), values: new Map(Object.entries(values)), token: token(claims), now })
}

describe('explaining from files', () => {
  it('accepts by a policy and a provider', async () => {
    expect(await explainOf({ trustPolicy: policy, provider })).toMatchObject({ decision: 'accepted' })
  })

  it('takes a role as get-role prints it, and knows its longest session', async () => {
    const Role = {
      Arn: 'arn:aws:iam::123456789012:role/x/billing',
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: policy,
    }
    expect(await explainOf({ trustPolicy: { Role }, provider })).toMatchObject({ decision: 'accepted' })
    const encoded = { Role: { ...Role, AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(policy)) } }
    expect(await explainOf({ trustPolicy: encoded, provider }, { duration: '7200' })).toMatchObject({
      decision: 'refused',
      refusal: { code: 'ValidationError' },
    })
  })

  it('says that the client ids are not known without the provider, and still sees a wrong subject', async () => {
    const open = await explainOf({ trustPolicy: policy })
    expect(open.decision).toBe('unknown')
    expect(open.rules.find(({ outcome }) => outcome === 'unknown')).toMatchObject({ rule: 'client-id' })
    expect(await explainOf({ trustPolicy: policy }, {}, { sub: 'other' })).toMatchObject({
      decision: 'refused',
      refusal: { code: 'AccessDenied' },
    })
  })

  it('lints', async () => {
    const wide = { ...policy, Statement: { ...policy.Statement, Condition: undefined } }
    const verdict = await explainOf({ trustPolicy: wide, provider })
    expect(verdict.decision).toBe('accepted')
    expect(verdict.rules.at(-1)).toMatchObject({ rule: 'lint-no-subject', outcome: 'warning' })
  })

  it('looks for the provider in the account of the role that is named', async () => {
    const values = { roleArn: 'arn:aws:iam::210987654321:role/billing' }
    const verdict = await explainOf({ trustPolicy: policy, provider }, values)
    expect(verdict).toMatchObject({ decision: 'refused', refusal: { code: 'AccessDenied' } })
    expect(verdict.rules.at(-1)).toMatchObject({ rule: 'lint-federated-arn', expected: '210987654321' })
  })

  it('says what IAM would say of a policy that is none', async () => {
    const values = { roleArn: 'arn:aws:iam::123456789012:role/billing' }
    const verdict = await explainOf({ trustPolicy: 'not JSON', provider }, values)
    expect(verdict.rules.find(({ outcome }) => outcome === 'failed')).toMatchObject({ rule: 'trust-policy-readable' })
  })

  it('refuses files that name no account, and a provider that is none', async () => {
    const nobody = { ...policy, Statement: { ...policy.Statement, Principal: '*' } }
    await expect(explainOf({ trustPolicy: nobody })).rejects.toMatchObject({ code: 'AWS_ROLE_ARN', outcome: 'usage' })
    await expect(explainOf({ trustPolicy: policy, provider: { Url: url } })).rejects.toMatchObject({
      code: 'AWS_TRUST_FILE',
      problem: expect.stringContaining('provider.json is no identity provider'),
    })
  })

  it.each([[{}], ['version: 1\nowner: acme\n'], [{ Role: { RoleName: 'billing' } }]])(
    'refuses what is no trust policy: %j',
    async (trustPolicy) => {
      await expect(explainOf({ trustPolicy })).rejects.toMatchObject({
        code: 'AWS_TRUST_FILE',
        outcome: 'usage',
        problem:
          'trustPolicy.json is no trust policy: a JSON object with Statement, or what `aws iam get-role` prints, was expected.',
      })
    },
  )

  it('decides about any JSON', async () => {
    const values = { roleArn: 'arn:aws:iam::123456789012:role/billing' }
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        const { decision } = await explainOf({ trustPolicy: text, provider }, values)
        expect(['accepted', 'refused', 'unknown']).toContain(decision)
      }),
    )
  })
})
