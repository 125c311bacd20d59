import { GetRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type AwsWorld,
  account,
  otherAccount,
  refusalOf,
  roleArn,
  sessionOf,
  setUpTrust,
  startAwsWorld,
  subject,
  trustPolicy,
} from './aws-world.ts'

let world: AwsWorld
beforeEach(async () => {
  world = await startAwsWorld()
  await setUpTrust(world)
})
afterEach(() => world.close())

const notAuthorized = {
  name: 'AccessDenied',
  message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
  status: 403,
}
const notValidated =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
describe('an accepted token', () => {
  it('becomes credentials that work', async () => {
    const answer = await world.assume(await world.token(), { DurationSeconds: 900 })
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: subject,
      Audience: 'sts.amazonaws.com',
      Provider: `arn:aws:iam::${account}:oidc-provider/${world.issuer.stored}`,
      PackedPolicySize: 25,
    })
    expect(answer.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${account}:assumed-role/billing/session`)
    expect(answer.AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:session$/)
    expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
    const lifetime = (answer.Credentials?.Expiration?.getTime() ?? 0) - Date.now()
    expect(lifetime).toBeGreaterThan(880_000)
    expect(lifetime).toBeLessThanOrEqual(900_000)
    const identity = await world.sts(sessionOf(answer)).send(new GetCallerIdentityCommand({}))
    expect(identity).toMatchObject({ Account: account, Arn: answer.AssumedRoleUser?.Arn })
  })

  it('of an EC key with several audiences and azp is accepted too', async () => {
    const token = await world.token({ aud: ['account', 'sts.amazonaws.com'] }, { alg: 'ES256', kid: 'ec' })
    await world.issuer.publish('k1', 'ec')
    expect((await world.assume(token)).Audience).toBe('sts.amazonaws.com')
  })

  it('does not reach IAM', async () => {
    const session = sessionOf(await world.assume(await world.token()))
    const iam = world.iamFor(account)
    iam.config.credentials = async () => session
    const refusal = await refusalOf(iam.send(new GetRoleCommand({ RoleName: 'billing' })))
    expect(refusal).toMatchObject({ name: 'AccessDenied', status: 403 })
    expect(refusal.message).toContain('is not authorized to perform: iam:GetRole')
  })

  it('needs no discovery again while the keys are fresh', async () => {
    await world.assume(await world.token())
    const asked = world.issuer.asked.length
    await world.assume(await world.token())
    expect(world.issuer.asked).toHaveLength(asked)
    world.clock.ahead = 61_000
    await world.assume(await world.token())
    expect(world.issuer.asked).toHaveLength(asked + 2)
  })
})

describe('a refused token', () => {
  it.each<[string, Readonly<Record<string, unknown>>, { name: string; message: string | RegExp; status: number }]>([
    ['of another service', { sub: 'service-account-reports' }, notAuthorized],
    [
      'of a wrong audience',
      { aud: 'x', azp: 'x' },
      { name: 'InvalidIdentityTokenException', message: notValidated, status: 400 },
    ],
    [
      'of an unknown issuer',
      { iss: 'https://kc.example.com/realms/prod' },
      {
        name: 'InvalidIdentityTokenException',
        message: 'No OpenIDConnect provider found in your account for https://kc.example.com/realms/prod',
        status: 400,
      },
    ],
    [
      'that expired',
      { exp: 1_700_000_000 },
      {
        name: 'ExpiredTokenException',
        message: /^Token expired: current date\/time \d+ must be before the expiration date\/time 1700000000$/,
        status: 400,
      },
    ],
    [
      'without sub',
      { sub: undefined },
      { name: 'InvalidIdentityTokenException', message: 'Missing a required claim: sub', status: 400 },
    ],
    [
      'with two audiences and no azp',
      { aud: ['sts.amazonaws.com', 'account'], azp: undefined },
      {
        name: 'InvalidIdentityTokenException',
        message: 'Token audience contains more than one audience while authorized party is not present',
        status: 400,
      },
    ],
    [
      'with tags that the role does not allow',
      { 'https://aws.amazon.com/tags': { principal_tags: { Team: ['x'] } } },
      notAuthorized,
    ],
  ])('%s', async (_, claims, expected) => {
    const refusal = await refusalOf(world.assume(await world.token(claims)))
    expect(refusal.message).toMatch(expected.message)
    expect({ ...refusal, message: expected.message }).toEqual(expected)
  })

  it('that is no JWT', async () => {
    expect(await refusalOf(world.assume('opaque-token'))).toEqual({
      name: 'InvalidIdentityTokenException',
      message: 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
      status: 400,
    })
  })

  it('of 25 000 characters', async () => {
    const refusal = await refusalOf(world.assume('x'.repeat(25_000)))
    expect(refusal).toMatchObject({ name: 'ValidationError', status: 400 })
    expect(refusal.message).not.toContain('xxxx')
  })

  it('whose claims were changed on the way', async () => {
    const [header, , signature] = (await world.token()).split('.')
    const [, claims] = (await world.token({ sub: 'service-account-other' })).split('.')
    const refusal = await refusalOf(world.assume(`${header}.${claims}.${signature}`))
    expect(refusal).toEqual({ name: 'InvalidIdentityTokenException', message: notValidated, status: 400 })
  })

  it('with a type of which nothing is known', async () => {
    const refusal = await refusalOf(world.assume(await world.token({}, { typ: 'at+jwt' })))
    expect(refusal).toMatchObject({ name: 'AccessDenied', status: 403 })
    expect(refusal.message).toContain('Whether AWS accepts this token type is not documented.')
  })

  it('for a role that does not exist, or in an account that does not', async () => {
    const token = await world.token()
    expect(await refusalOf(world.assume(token, { RoleArn: `${roleArn}x` }))).toEqual(notAuthorized)
    const elsewhere = roleArn.replace(account, otherAccount)
    expect((await refusalOf(world.assume(token, { RoleArn: elsewhere }))).name).toBe('InvalidIdentityTokenException')
    const nowhere = roleArn.replace(account, '999999999999')
    expect((await refusalOf(world.assume(token, { RoleArn: nowhere }))).name).toBe('InvalidIdentityTokenException')
  })

  it.each([
    ['a short duration', { DurationSeconds: 899 }],
    ['a duration that the role does not allow', { DurationSeconds: 7200 }],
    ['a session name with a blank', { RoleSessionName: 'a b' }],
    ['no role ARN', { RoleArn: 'arn:aws:iam::123456789012:user/x' }],
  ])('with %s is a validation error', async (_, input) => {
    expect(await refusalOf(world.assume(await world.token(), input))).toMatchObject({
      name: 'ValidationError',
      status: 400,
    })
  })

  it('with a session policy that is none, or with a ProviderId', async () => {
    const token = await world.token()
    expect((await refusalOf(world.assume(token, { Policy: '{}' }))).name).toBe('MalformedPolicyDocumentException')
    expect((await refusalOf(world.assume(token, { ProviderId: 'accounts.google.com' }))).name).toBe('AccessDenied')
  })

  it('is accepted once the trust policy names its subject', async () => {
    const token = await world.token({ sub: 'service-account-reports' })
    const PolicyDocument = trustPolicy(world.issuer.stored, 'service-account-reports')
    await world.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'billing', PolicyDocument }))
    expect((await world.assume(token)).SubjectFromWebIdentityToken).toBe('service-account-reports')
  })
})
