import type { ServiceWish, TargetWish } from '@federate/core'
import { describe, expect, it } from 'vitest'
import type { AwsWish } from '../target.ts'
import { awsWishSchema } from '../wish-schema.ts'
import { refuseSharedRoles, refuseWrongAccount, warnOfPrivateIssuers } from './checks.ts'
import { MemoryIam } from './memory-iam.test-kit.ts'

function target(service: string, wish: Record<string, unknown> = {}): TargetWish<AwsWish> {
  const parsed = awsWishSchema.parse({ account: '123456789012', role: service, ...wish })
  return { service, name: 's3', cloud: 'aws', wish: parsed }
}

function service(name: string, url: string): ServiceWish {
  return {
    name,
    issuerName: 'prod',
    issuer: { url, kind: 'keycloak' },
    clientId: name,
    subject: `service-account-${name}`,
    auth: { method: 'token_file', file: '/token' },
    claims: {},
    targets: [],
  }
}

function warningsFor(url: string, env: Record<string, string> = {}): string[] {
  const warnings: string[] = []
  warnOfPrivateIssuers({
    owner: 'acme',
    services: [service('billing', url), service('orders', url), service('unused', 'https://10.0.0.9/realms/x')],
    targets: [target('billing'), target('orders')],
    context: {
      env,
      signal: new AbortController().signal,
      now: Date.now,
      fetch: () => Promise.reject(new Error('nothing is fetched')),
      warn: (message) => warnings.push(message),
    },
  })
  return warnings
}

describe('before anything is planned', () => {
  it('a role belongs to one target', () => {
    expect(() => refuseSharedRoles([target('a', { role: 'x' }), target('b', { role: 'y' })])).not.toThrow()
    const other = { role: 'x', account: '999999999999' }
    expect(() => refuseSharedRoles([target('a', { role: 'x' }), target('b', other)])).not.toThrow()
    expect(() => refuseSharedRoles([target('a', { role: 'x' }), target('b', { role: 'x' })])).toThrow(
      'services.a.targets.s3 and services.b.targets.s3 both want the role x in account 123456789012; a role belongs to one service. Give one of the two another role name in federate.yaml.',
    )
    expect(() => refuseSharedRoles([target('a', { role: 'x' }), target('b', { role: 'X' })])).toThrow(
      '(the other writes X; IAM ignores case)',
    )
  })

  it('the credentials must be of the account', () => {
    const { by } = new MemoryIam()
    expect(() => refuseWrongAccount([target('billing')], by, '123456789012')).not.toThrow()
    const orders = target('orders', { account: '999999999999' })
    const wrong = () => refuseWrongAccount([target('billing'), orders], by, '999999999999')
    expect(wrong).toThrow(
      `services.orders.targets.s3 is for account 999999999999 (aws), the administrator's credentials are of account 123456789012 (aws): arn:aws:iam::123456789012:user/admin. Use credentials of account 999999999999 (AWS_PROFILE), or say in federate.admin.yaml how it is reached: aws.accounts."999999999999" with a profile or a role to assume.`,
    )
    expect(wrong).toThrowError(expect.objectContaining({ code: 'AWS_WRONG_ACCOUNT' }))
    expect(() => refuseWrongAccount([target('billing', { partition: 'aws-cn' })], by, by.account)).toThrow('(aws-cn)')
    expect(() => refuseWrongAccount([], by, '')).not.toThrow()
    expect(() => refuseWrongAccount([], by, '999999999999')).toThrow('federate.admin.yaml is for account 999999999999,')
  })

  it('an issuer on a private address is warned of, once, with what must be public', () => {
    expect(warningsFor('https://10.1.2.3/realms/prod')).toEqual([
      'AWS cannot reach the issuer https://10.1.2.3/realms/prod from the internet, and will refuse its tokens. What must be public: https://10.1.2.3/realms/prod/.well-known/openid-configuration and https://10.1.2.3/realms/prod/protocol/openid-connect/certs.',
    ])
    expect(warningsFor('https://keycloak.example.com/realms/prod')).toEqual([])
    expect(warningsFor('https://keycloak.example.com:443/realms/prod')).toEqual([])
    expect(warningsFor('https://keycloak.example.com:8443/realms/prod')).toEqual([
      expect.stringContaining('has a port, and by its documentation IAM takes no identity provider'),
    ])
    expect(warningsFor('http://127.0.0.1:8080/realms/x', { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:4566' })).toEqual([])
  })
})
