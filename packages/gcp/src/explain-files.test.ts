import type { FileQuestion, SignatureState, TrustFile } from '@federate/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { explainFiles } from './explain-files.ts'

const now = new Date('2026-11-21T12:00:00Z')
const seconds = now.getTime() / 1000
const issuer = 'https://kc.example.com/realms/prod'
const pool = 'projects/123456789012/locations/global/workloadIdentityPools/keycloak'
/** As `gcloud iam workload-identity-pools providers describe` prints it. */
const provider = {
  attributeCondition: "assertion.sub == 'service-account-billing'",
  attributeMapping: { 'google.subject': 'assertion.sub' },
  displayName: 'Keycloak',
  name: `${pool}/providers/prod`,
  oidc: { allowedAudiences: ['sts.googleapis.com'], issuerUri: issuer },
  state: 'ACTIVE',
}
const subject = `principal://iam.googleapis.com/${pool}/subject/service-account-billing`
const policy = { bindings: [{ members: [subject], role: 'roles/iam.workloadIdentityUser' }], etag: 'BwX', version: 1 }
const rsa = { kty: 'RSA', kid: 'k1', n: 'AQAB', e: 'AQAB', use: 'sig', alg: 'RS256' }

interface Given {
  readonly values?: Record<string, string>
  readonly claims?: object
  readonly publishedKeys?: string
  readonly checkSignature?: (jwks: string) => Promise<SignatureState>
}

function explainOf(documents: Record<string, unknown>, given: Given = {}) {
  const { values = {}, claims = {}, publishedKeys, checkSignature } = given
  const files = Object.entries(documents).map(([name, document]): [string, TrustFile] => [
    name,
    { path: `${name}.json`, text: typeof document === 'string' ? document : JSON.stringify(document) },
  ])
  const question: FileQuestion = {
    files: new Map(files),
    values: new Map(Object.entries(values)),
    token: {
      header: { alg: 'RS256', kid: 'k1', typ: 'JWT' },
      claims: {
        iss: issuer,
        sub: 'service-account-billing',
        aud: 'sts.googleapis.com',
        iat: seconds - 10,
        exp: seconds + 600,
        ...claims,
      },
      signature: { state: 'valid' },
      length: 900,
    },
    publishedKeys,
    ...(checkSignature === undefined ? {} : { checkSignature }),
    now,
  }
  return explainFiles(question)
}

describe('explaining from files', () => {
  it('accepts by a provider, and by a policy', async () => {
    expect(await explainOf({ provider })).toMatchObject({ decision: 'accepted' })
    expect(await explainOf({ provider, policy })).toMatchObject({ decision: 'accepted' })
  })

  it('takes what gcloud prints when it is not asked for JSON', async () => {
    expect(await explainOf({ provider: stringify(provider), policy: stringify(policy) })).toMatchObject({
      decision: 'accepted',
    })
  })

  it('refuses as Google would, with the two values that differ', async () => {
    const verdict = await explainOf({ provider }, { claims: { sub: 'service-account-reports' } })
    expect(verdict).toMatchObject({
      decision: 'refused',
      refusal: { code: 'unauthorized_client', message: 'The given credential is rejected by the attribute condition.' },
    })
    expect(verdict.rules.find(({ outcome }) => outcome === 'failed')).toMatchObject({
      expected: "assertion.sub == 'service-account-billing'",
      actual: 'assertion.sub = "service-account-reports"',
    })
  })

  it('sees a policy that lets somebody else in, of an account or of a resource', async () => {
    const other = {
      bindings: [{ members: [subject.replace('billing', 'reports')], role: 'roles/iam.workloadIdentityUser' }],
    }
    expect(
      await explainOf(
        { provider, policy: other },
        { values: { serviceAccount: 'billing@acme.iam.gserviceaccount.com' } },
      ),
    ).toMatchObject({
      decision: 'refused',
      refusal: { code: 'PERMISSION_DENIED' },
    })
    const bucket = { bindings: [{ members: [subject], role: 'roles/storage.objectViewer' }] }
    const role = (name: string) => explainOf({ provider, policy: bucket }, { values: { role: name } })
    expect(await role('roles/storage.objectViewer')).toMatchObject({ decision: 'accepted' })
    expect(await role('roles/storage.objectAdmin')).toMatchObject({ decision: 'refused' })
  })

  it('says that a policy is missing, where the account is named', async () => {
    const verdict = await explainOf(
      { provider },
      { values: { serviceAccount: 'billing@acme.iam.gserviceaccount.com' } },
    )
    expect(verdict.decision).toBe('unknown')
    expect(verdict.rules.find(({ outcome }) => outcome === 'unknown')).toMatchObject({ rule: 'binding' })
  })

  it('does not judge a binding with a condition', async () => {
    const [binding] = policy.bindings
    const conditional = {
      bindings: [
        { ...binding, condition: { title: 'x', expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' } },
      ],
    }
    expect(await explainOf({ provider, policy: conditional })).toMatchObject({ decision: 'unknown' })
  })

  it('sees what is disabled or deleted', async () => {
    for (const documents of [
      { provider: { ...provider, disabled: true } },
      { provider: { ...provider, state: 'DELETED' } },
      { provider, pool: { name: pool, state: 'DELETED' } },
    ])
      expect(await explainOf(documents)).toMatchObject({ refusal: { code: 'invalid_target' } })
    expect(await explainOf({ provider, pool: { name: pool, state: 'ACTIVE' } })).toMatchObject({ decision: 'accepted' })
  })

  it('says that a provider for AWS takes no such tokens', async () => {
    const { oidc: _, ...rest } = provider
    const verdict = await explainOf({ provider: { ...rest, aws: { accountId: '123456789012' } } })
    expect(verdict.rules.find(({ outcome }) => outcome === 'failed')).toMatchObject({
      rule: 'provider',
      expected: 'oidc',
      actual: 'aws',
    })
  })

  it('checks the signature with the keys that Google has: uploaded ones before those that are published', async () => {
    const jwksJson = JSON.stringify({ keys: [rsa] })
    const asked: string[] = []
    const checkSignature = async (jwks: string): Promise<SignatureState> => {
      asked.push(jwks)
      return { state: 'invalid', reason: 'signature verification failed' }
    }
    const uploaded = { ...provider, oidc: { ...provider.oidc, jwksJson } }
    expect(await explainOf({ provider: uploaded }, { checkSignature })).toMatchObject({
      refusal: { message: 'Unable to verify the ID Token signature.' },
    })
    expect(asked).toEqual([jwksJson])
    expect(await explainOf({ provider }, { checkSignature, publishedKeys: jwksJson })).toMatchObject({
      decision: 'accepted',
    })
  })

  it('knows which keys the issuer publishes', async () => {
    const publishedKeys = JSON.stringify({ keys: [{ ...rsa, kid: 'new' }] })
    expect(await explainOf({ provider }, { publishedKeys })).toMatchObject({
      refusal: { message: "Error connecting to the given credential's issuer." },
    })
  })

  it('refuses keys that are private', async () => {
    const publishedKeys = JSON.stringify({ keys: [{ ...rsa, d: 'c2VjcmV0' }] })
    await expect(explainOf({ provider }, { publishedKeys })).rejects.toMatchObject({
      code: 'GCP_PRIVATE_KEYS',
      outcome: 'usage',
    })
  })

  it('lints', async () => {
    const { attributeCondition: _, ...open } = provider
    const verdict = await explainOf({ provider: open })
    expect(verdict.decision).toBe('accepted')
    expect(verdict.rules.at(-1)).toMatchObject({ rule: 'lint-no-condition', outcome: 'warning' })
  })

  it.each([
    ['a provider without a name', { provider: { oidc: {} } }, /provider.json is not a workload identity pool provider/],
    ['a provider of no type', { provider: { name: 'x' } }, /provider.json is not a workload identity pool provider/],
    [
      'a file that is neither JSON nor YAML',
      { provider: 'a: b: c' },
      /provider.json is not a workload identity pool provider/,
    ],
    ['a list', { provider: [provider] }, /provider.json is not a workload identity pool provider/],
    ['a policy with something else', { provider, policy: { bindings: {} } }, /policy.json is not an IAM policy/],
    [
      'a binding without members',
      { provider, policy: { bindings: [{ role: 'x' }] } },
      /policy.json is not an IAM policy/,
    ],
    ['a pool that is text', { provider, pool: 'pool' }, /pool.json is not a workload identity pool/],
  ])('refuses %s', async (_, documents, problem) => {
    await expect(explainOf(documents)).rejects.toMatchObject({
      code: 'GCP_TRUST_FILE',
      outcome: 'usage',
      problem: expect.stringMatching(problem),
    })
  })

  it('decides about any JSON as a policy, or refuses it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        const outcome = await explainOf({ provider, policy: text }).then(
          ({ decision }) => decision,
          (error) => error.code,
        )
        expect(['accepted', 'refused', 'unknown', 'GCP_TRUST_FILE']).toContain(outcome)
      }),
    )
  })
})
