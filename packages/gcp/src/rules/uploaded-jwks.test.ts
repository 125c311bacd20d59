import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jwksProblems, uploadableJwks } from './uploaded-jwks.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicRsa = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', use: 'sig', alg: 'RS256' }
const ec = (curve: string) => ({
  ...generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ format: 'jwk' }),
  kid: curve,
  use: 'sig',
})
const text = (...keys: readonly object[]) => JSON.stringify({ keys })

describe('uploadableJwks', () => {
  it('takes signing keys, with the fields that Google takes only', () => {
    const published = { ...publicRsa, x5c: ['MIIB'], x5t: 'a', 'x5t#S256': 'b' }
    const encryption = { ...publicRsa, kid: 'enc', use: 'enc', alg: 'RSA-OAEP' }
    const result = uploadableJwks(text(published, encryption, ec('P-384'), ec('P-256')))
    expect(result).toEqual({
      jwksJson: expect.any(String),
      leftOut: ['enc (RSA): use is "enc", not "sig"', 'P-384 (EC P-384): Google takes RSA, and EC on P-256, only'],
    })
    const { keys } = JSON.parse('jwksJson' in result ? result.jwksJson : '{}')
    expect(keys.map((key: object) => Object.keys(key).sort())).toEqual([
      ['alg', 'e', 'kid', 'kty', 'n', 'use'],
      ['crv', 'kid', 'kty', 'use', 'x', 'y'],
    ])
  })

  it.each([
    [
      'a private key',
      text(publicRsa, { ...rsa.privateKey.export({ format: 'jwk' }), kid: 'secret' }),
      /secret \(RSA\) is a private or secret key\. Nothing was uploaded/,
    ],
    ['a shared secret', text({ kty: 'oct', k: 'AQAB', kid: 'hmac' }), /hmac \(oct\) is a private or secret key/],
    ['P-384 only', text(ec('P-384')), /None of the keys can be used by Google: P-384 \(EC P-384\)/],
    ['an empty list', text(), /None of the keys can be used by Google: the list is empty/],
    ['what is no JWKS', '<html>', /The keys are no JWKS/],
    ['one bare key', JSON.stringify(publicRsa), /The keys are no JWKS/],
    [
      'nine keys',
      text(...Array.from({ length: 9 }, (_, at) => ({ ...publicRsa, kid: `k${at}` }))),
      /There are 9 keys, and Google takes 8/,
    ],
  ])('refuses %s', (_, keys, problem) => {
    expect(uploadableJwks(keys)).toMatchObject({
      problem: expect.stringMatching(problem),
      next: expect.stringMatching(/\.$/),
    })
  })

  it('never repeats a secret', () => {
    const secret = rsa.privateKey.export({ format: 'jwk' })
    const shown = JSON.stringify([uploadableJwks(text(secret)), jwksProblems(text(secret))])
    expect(shown).not.toContain(secret.d)
  })

  it('comes to something for any text, and what it gives is taken as it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc
            .array(
              fc.dictionary(fc.constantFrom('kty', 'kid', 'crv', 'd', 'x5c'), fc.constantFrom('RSA', 'EC', 'P-256')),
            )
            .map((keys) => text(...keys)),
        ),
        (keys) => {
          const result = uploadableJwks(keys)
          return 'problem' in result || jwksProblems(result.jwksJson).length === 0
        },
      ),
    )
  })
})
