import { describe, expect, it } from 'vitest'
import { Parameters } from '../parameters.ts'
import { QueryFault } from '../query-fault.ts'
import { newAccount } from '../state.ts'
import { pageOf } from './pages.ts'
import { checkPermissionsPolicy, checkTrustPolicy } from './policy-documents.ts'
import { providerUrl } from './provider-url.ts'
import { encodedDocument } from './render.ts'
import { readTags } from './tags.ts'
import { bounds, checkText } from './validation.ts'

const account = newAccount('123456789012')

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof QueryFault) return `${error.status} ${error.code}`
    throw error
  }
  return 'none'
}

describe('the URL of a provider', () => {
  it.each([
    ['https://kc.example.com/realms/prod', 'kc.example.com/realms/prod'],
    ['https://KC.example.com/Path/', 'KC.example.com/Path/'],
    ['https://kc.example.com:443', 'kc.example.com'],
    ['http://127.0.0.1:8180/realms/prod', '127.0.0.1:8180/realms/prod'],
    ['http://localhost:8180', 'localhost:8180'],
  ])('%s is stored as %s', (url, stored) => {
    expect(providerUrl(url)).toBe(stored)
  })

  it.each([
    'http://kc.example.com/realms/prod',
    'http://127.0.0.1/realms/prod',
    'http://127.0.0.1.example.com:80/x',
    'https://kc.example.com:8443/realms/prod',
    'https://kc.example.com/?a=b',
    'https://kc.example.com/#a',
    'http://127.0.0.1:8180/?a=b',
    'https://user@kc.example.com/',
    'kc.example.com',
  ])('%s is refused', (url) => {
    expect(codeOf(() => providerUrl(url))).toBe('400 InvalidInput')
  })

  it('of 256 characters is refused', () => {
    expect(codeOf(() => providerUrl(`https://kc.example.com/${'x'.repeat(233)}`))).toBe('400 ValidationError')
  })
})

describe('documents', () => {
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/kc.example.com' },
    Action: 'sts:AssumeRoleWithWebIdentity',
  }

  it('that trust may be as long as the quota, without white space', () => {
    const ofLength = (length: number) => JSON.stringify({ Id: 'x'.repeat(length), Statement: [statement] })
    const rest = 2048 - ofLength(0).length
    expect(codeOf(() => checkTrustPolicy(account, 'f', `   ${ofLength(rest)}\n`))).toBe('none')
    expect(codeOf(() => checkTrustPolicy(account, 'f', ofLength(rest + 1)))).toBe('409 LimitExceeded')
    const larger = { ...account, trustPolicyQuota: 4096 }
    expect(codeOf(() => checkTrustPolicy(larger, 'f', ofLength(rest + 1)))).toBe('none')
    expect(codeOf(() => checkTrustPolicy(account, 'f', '{}'))).toBe('400 MalformedPolicyDocument')
  })

  const permission = { Effect: 'Allow', Action: 's3:*', Resource: '*' }

  it.each<[string, unknown]>([
    ['a principal', { Statement: [{ ...permission, Principal: '*' }] }],
    ['no resource', { Statement: [{ ...permission, Resource: undefined }] }],
    ['no action', { Statement: [{ ...permission, Action: undefined }] }],
    ['another effect', { Statement: [{ ...permission, Effect: 'Maybe' }] }],
    ['an unknown element', { Statement: [permission], Extra: 1 }],
    ['no statement', {}],
  ])('of permissions with %s are malformed', (_, document) => {
    expect(codeOf(() => checkPermissionsPolicy('f', JSON.stringify(document)))).toBe('400 MalformedPolicyDocument')
  })

  it('are given URL-encoded', () => {
    expect(encodedDocument(`{"a":"b c*'()!"}`)).toBe('%7B%22a%22%3A%22b%20c%2A%27%28%29%21%22%7D')
  })
})

describe('names and tags', () => {
  it.each(['', 'x'.repeat(65), 'a b', 'a/b'])('the role name "%s" is refused', (name) => {
    expect(codeOf(() => checkText('roleName', name, bounds.roleName))).toBe('400 ValidationError')
  })

  it.each(['x', '/x', 'x/', '/a b/'])('the path "%s" is refused', (path) => {
    expect(codeOf(() => checkText('path', path, bounds.path))).toBe('400 ValidationError')
  })

  const tags = (...keys: readonly string[]) =>
    new Parameters(keys.map((key, index) => `Tags.member.${index + 1}.Key=${encodeURIComponent(key)}`).join('&'))

  it.each<[string, readonly string[], string]>([
    ['fifty', Array.from({ length: 50 }, (_, index) => `k${index}`), 'none'],
    ['fifty-one', Array.from({ length: 51 }, (_, index) => `k${index}`), '409 LimitExceeded'],
    ['an empty key', [''], '400 ValidationError'],
    ['a key with a star', ['a*'], '400 ValidationError'],
    ['a key of AWS', ['aws:x'], '400 InvalidInput'],
    ['two keys that differ in case', ['a', 'A'], '400 InvalidInput'],
  ])('%s tags of a role: %s', (_, keys, code) => {
    expect(codeOf(() => readTags(tags(...keys), 'ignored'))).toBe(code)
  })

  it('differ by case on providers', () => {
    expect([...readTags(tags('a', 'A'), 'significant').keys()]).toEqual(['a', 'A'])
  })
})

describe('pages', () => {
  const items = ['c', 'a', 'd', 'b']
  const page = (query: string, of: readonly string[] = items) => pageOf(new Parameters(query), of, (item) => item)

  it('are sorted, and continue after the marker though items go', () => {
    const first = page('MaxItems=2')
    expect(first).toMatchObject({ items: ['a', 'b'], marks: { IsTruncated: true } })
    const next = page(`MaxItems=2&Marker=${first.marks.Marker}`, ['c', 'a', 'd'])
    expect(next).toEqual({ items: ['c', 'd'], marks: { IsTruncated: false } })
  })

  it.each(['MaxItems=0', 'MaxItems=1001', 'MaxItems=x', 'Marker=wrong'])('refuse %s', (query) => {
    expect(codeOf(() => page(query))).toBe('400 ValidationError')
  })
})
