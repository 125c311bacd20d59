import { afterEach, describe, expect, it } from 'vitest'
import { makePlace, type Place, twoServices } from './harness.ts'
import { transcript } from './transcript.ts'

let place: Place
afterEach(() => place.close())

interface Case {
  readonly name: string
  readonly from: string | RegExp
  readonly to: string
  readonly says: readonly string[]
}

const tenant = '2a585d57-a5a8-4688-a60c-9796389eae7a'

const cases: readonly Case[] = [
  { name: 'not YAML', from: /^/, to: '{ [', says: ['CONFIG_NOT_YAML', 'federate.yaml:'] },
  { name: 'duplicate key', from: 'owner: acme', to: 'owner: acme\nowner: other', says: ['owner'] },
  { name: 'unknown key', from: 'policies:', to: 'polices:', says: ['polices', 'policies'] },
  { name: 'wrong type', from: 'roles: [reader]', to: 'roles: reader', says: ['apis.orders.roles'] },
  { name: 'unquoted account', from: /"123456789012"/, to: '123456789012', says: ['account', 'quote'] },
  { name: 'account of 11 digits', from: '123456789012', to: '12345678901', says: ['12345678901', 'account'] },
  { name: 'role of 65 characters', from: 'role: billing', to: `role: ${'b'.repeat(65)}`, says: ['role', '64'] },
  { name: 'policy of another partition', from: 'arn:aws:iam', to: 'arn:aws-cn:iam', says: ['aws-cn'] },
  { name: 'issuer by http', from: 'ISSUER', to: 'http://keycloak.example.com/realms/acme', says: ['http:', 'https'] },
  { name: 'issuer with a slash at its end', from: 'ISSUER', to: 'https://k.example.com/realms/a/', says: ['slash'] },
  { name: 'issuer with a query', from: 'ISSUER', to: '"https://k.example.com/realms/a?x=1"', says: ['query'] },
  { name: 'issuer with a fragment', from: 'ISSUER', to: '"https://k.example.com/realms/a#x"', says: ['fragment'] },
  {
    name: 'secret in the file',
    from: 'secret: { file: secrets/billing }',
    to: 'secret: canary-s3cret-value',
    says: ['a secret does not belong'],
  },
  ...azureTargets([
    [
      'azure tenant by domain',
      'tenant: contoso.com, application: billing',
      ['the domain contoso.com', 'az account show'],
    ],
    ['azure without a way', `tenant: ${tenant}`, ['application: is missing', 'managedIdentity']],
    [
      'azure scope with a slash at its end',
      `tenant: ${tenant}, application: billing, roles: [{ role: Reader, scope: /subscriptions/${tenant}/ }]`,
      ['without a slash at its end'],
    ],
  ]),
]

function azureTargets(wishes: readonly (readonly [string, string, readonly string[]])[]): Case[] {
  const from = /s3: \{ cloud: aws, account: "123456789012", role: billing.*\}/
  return wishes.map(([name, wish, says]) => ({ name, from, to: `files: { cloud: azure, ${wish} }`, says }))
}

describe('a federate.yaml that cannot be', () => {
  it.each(cases)('$name', async ({ name, from, to, says }) => {
    place = await makePlace(twoServices.replace(from, to))
    const ran = await place.federate('plan aws')
    expect(ran.status).toBe(64)
    expect(ran.stdout).toBe('')
    for (const text of says) expect(ran.stderr).toContain(text)
    expect(ran.stderr).toContain('federate.yaml')
    expect(ran.stderr).not.toContain('canary')
    await expect(transcript('plan aws', ran, place)).toMatchFileSnapshot(`refusals/config ${name}.txt`)
  })

  it('missing', async () => {
    place = await makePlace()
    const ran = await place.federate('plan aws -c other.yaml')
    expect(ran.status).toBe(64)
    expect(ran.stderr).toContain('federate init')
    await expect(transcript('plan aws -c other.yaml', ran, place)).toMatchFileSnapshot('refusals/config missing.txt')
  })
})
