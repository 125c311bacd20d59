import { describe, expect, it } from 'vitest'
import { findSecrets, isHidden, type Layout, looksSecret, shownPath } from './secret-scan.ts'

const layout: Layout = {
  isName: (path) => path.length === 2 && path[0] === 'names',
  isReference: (path) => path.join('.') === 'auth.key',
}

describe('findSecrets', () => {
  it.each([
    'secret',
    'Secret',
    'clientSecret',
    'client_secret',
    'CLIENT-SECRET',
    'secrets',
    'password',
    'dbPassword',
    'passphrase',
    'token',
    'access_token',
    'refreshToken',
    'apiKey',
    'private_key',
    'secretAccessKey',
    'client_assertion',
  ])('finds a text under the key %s', (key) => {
    expect(findSecrets({ a: [{ [key]: 'x' }] }, layout)).toEqual([['a', 0, key]])
    expect(findSecrets({ [key]: 5 }, layout)).toEqual([[key]])
    expect(findSecrets({ [key]: ['x'] }, layout)).toEqual([[key]])
    expect(findSecrets({ [key]: { value: 'x' } }, layout)).toEqual([[key]])
  })

  it.each(['method', 'file', 'tokenUrl', 'secretName', 'keyId', 'tags', 'key'])('takes %s for no secret', (key) => {
    expect(findSecrets({ [key]: 'x' }, layout)).toEqual([])
  })

  it('takes what says where a secret is, truth values and names for no secret', () => {
    const root = {
      secret: { file: '/x' },
      token: true,
      password: null,
      names: { token: 'x' },
      auth: { key: { env: 'X' } },
    }
    expect(findSecrets(root, layout)).toEqual([])
  })

  it('finds a text where a reference is expected', () => {
    expect(findSecrets({ auth: { key: 'x' } }, layout)).toEqual([['auth', 'key']])
  })
})

describe('looksSecret', () => {
  it.each([
    'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln',
    '-----BEGIN RSA PRIVATE KEY-----\nMII',
    'Bearer abcdefgh',
    'https://user:pass@host.example/x',
    'https://host.example/?client_secret=abc',
  ])('knows %s', (text) => expect(looksSecret(text)).toBe(true))

  it.each(['https://host.example/a@b', '/run/secrets/token', 'arn:aws:iam::aws:policy/ReadOnlyAccess', 'a@b.example'])(
    'takes %s for none',
    (text) => expect(looksSecret(text)).toBe(false),
  )
})

describe('what may be shown', () => {
  const root = { auth: { key: { file: 1, word: null } }, names: { token: { a: 1 } } }

  it('ends a path at the place of a secret', () => {
    expect(shownPath(['auth', 'key', 'word'], root, layout)).toEqual(['auth', 'key'])
    expect(shownPath(['auth', 'key', 'file', 'x'], root, layout)).toEqual(['auth', 'key', 'file'])
    expect(shownPath(['names', 'token', 'a'], root, layout)).toEqual(['names', 'token', 'a'])
  })

  it('hides the values below it', () => {
    expect(isHidden(['auth', 'key', 'file'], root, layout)).toBe(true)
    expect(isHidden(['names', 'token', 'a'], root, layout)).toBe(false)
  })
})
