import { clientSecret, FederateError } from '@federate/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { audience, FakeIssuer, issuerUrl, keycloakClaims, newKey, sign, start } from './issuer.test-kit.ts'
import type { VerifierOptions } from './options.ts'
import { createVerifier, type Verifier } from './verifier.ts'

const key = newKey('k1')
const seconds = Math.floor(start / 1000)
const good = { issuer: issuerUrl, audience }
const introspection = { clientId: audience, auth: clientSecret({ value: 'only-for-tests' }) }

/** Options as JavaScript hands them over, which asks no types. */
function untyped(value: unknown): VerifierOptions
function untyped(value: unknown): unknown {
  return value
}

function refused(options: unknown): FederateError {
  try {
    createVerifier(untyped(options))
  } catch (error) {
    if (error instanceof FederateError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('an option of the wrong type or size is refused when the verifier is made', () => {
  it.each<[unknown, string, string]>([
    [undefined, 'The options are missing, expected an object.', 'Correct it where'],
    [null, 'The options are nothing (null), expected an object.', 'Correct it where'],
    [[good], 'The options are a list, expected an object.', 'Correct it where'],
    [{}, 'issuer is missing, expected the issuer exactly as in the tokens’ iss.', 'Correct it where'],
    [{ ...good, issuer: 5 }, 'issuer is 5 (a number), expected a text that is not empty.', 'Correct it where'],
    [{ ...good, audience: 5 }, 'audience is 5 (a number), expected a list of texts.', 'Correct it where'],
    [{ ...good, audience: [''] }, 'audience[0] is "", expected a text that is not empty.', 'Correct it where'],
    [{ ...good, clockTolerance: '5' }, 'clockTolerance is "5", expected a number from 0 to 300.', 'has expired'],
    [{ ...good, clockTolerance: 1e9 }, 'clockTolerance is 1000000000 (a number), expected', 'has expired'],
    [{ ...good, clockTolerance: Number.POSITIVE_INFINITY }, 'clockTolerance is Infinity (a number)', 'has expired'],
    [{ ...good, clockTolerance: Number.NaN }, 'clockTolerance is NaN (a number)', 'has expired'],
    [{ ...good, clockTolerance: null }, 'clockTolerance is nothing (null), expected', 'has expired'],
    [
      { ...good, clients: 'billing-admin' },
      'clients is "billing-admin", expected a list of texts.',
      'Correct it where',
    ],
    [{ ...good, clients: ['a', 5] }, 'clients[1] is 5 (a number), expected a text', 'Correct it where'],
    [{ ...good, clients: new Set(['a']) }, 'clients is an object, expected a list of texts.', 'Correct it where'],
    [{ ...good, algorithms: 'RS256' }, 'algorithms is "RS256", expected a list of texts.', 'Correct it where'],
    [{ ...good, profile: null }, 'profile is nothing (null), expected "keycloak" or "rfc9068".', 'Correct it where'],
    [{ ...good, jwksUri: 5 }, 'jwksUri is 5 (a number), expected a text', 'Correct it where'],
    [{ ...good, maximumLength: '1' }, 'maximumLength is "1", expected a whole number from 1 to 1000000.', 'characters'],
    [{ ...good, rememberedTokens: -1 }, 'rememberedTokens is -1 (a number), expected a whole number', 'in memory'],
    [{ ...good, rememberedTokens: 1.5 }, 'rememberedTokens is 1.5 (a number), expected a whole number', 'in memory'],
    [{ ...good, keys: 5 }, 'keys is 5 (a number), expected an object.', 'Correct it where'],
    [{ ...good, keys: { maximumAge: 1e9 } }, 'keys.maximumAge is 1000000000 (a number)', 'has taken away'],
    [{ ...good, keys: { maximumStale: '1' } }, 'keys.maximumStale is "1", expected', 'has taken away'],
    [{ ...good, keys: { unknownKeyInterval: 0 } }, 'keys.unknownKeyInterval is 0 (a number)', 'made-up keys'],
    [{ ...good, keys: { timeout: null } }, 'keys.timeout is nothing (null)', 'a caller waits'],
    [{ ...good, fetch: 'fetch' }, 'fetch is "fetch", expected a function.', 'Correct it where'],
    [{ ...good, now: start }, `now is ${start} (a number), expected a function.`, 'Correct it where'],
    [{ ...good, warn: console }, 'warn is an object, expected a function.', 'Correct it where'],
    [{ issuers: good }, 'issuers is an object, expected a list of issuers.', 'Correct it where'],
    [{ issuers: [issuerUrl] }, 'issuers[0] is "https://kc.example.com/realms/prod", expected an object.', 'Correct it'],
    [{ issuers: [{ ...good, clients: 'a' }] }, 'issuers[0].clients is "a", expected a list of texts.', 'Correct it'],
    [{ ...good, introspection: true }, 'introspection is true (a boolean), expected an object.', 'Correct it where'],
    [
      { ...good, introspection: { ...introspection, auth: 's3cret' } },
      'introspection.auth is a text, expected how the client proves who it is.',
      'clientSecret(',
    ],
    [
      { ...good, introspection: { ...introspection, onFailure: 'acept' } },
      'introspection.onFailure is "acept", expected "refuse" or "accept".',
      'Did you mean "accept"?',
    ],
    [
      { ...good, introspection: { ...introspection, lifetime: Number.POSITIVE_INFINITY } },
      'introspection.lifetime is Infinity (a number), expected a number from 0 to 3600.',
      'that was revoked',
    ],
    [
      { ...good, introspection: { ...introspection, clientId: '' } },
      'introspection.clientId is "", expected',
      'Correct it',
    ],
    [
      { ...good, introspection: { ...introspection, endpoint: 5 } },
      'introspection.endpoint is 5 (a number)',
      'Correct it',
    ],
  ])('%j', (options, problem, next) => {
    const error = refused(options)
    expect([error.code, error.outcome]).toEqual(['VERIFIER_OPTION', 'usage'])
    expect(error.problem).toContain(problem)
    expect(error.next).toContain(next)
  })

  it.each<[unknown, string, string]>([
    [{ ...good, client: ['billing'] }, 'The options have the unknown member "client"', 'Did you mean "clients"?'],
    [
      { ...good, algoritms: ['RS256'] },
      'The options have the unknown member "algoritms"',
      'Did you mean "algorithms"?',
    ],
    [Object.create({ ...good, client: [] }), 'The options have the unknown member "client"', 'Did you mean "clients"?'],
    [{ ...good, realm: 'x' }, 'The options have the unknown member "realm"', 'known here: clockTolerance'],
    [{ ...good, keys: { maxAge: 5 } }, 'keys has the unknown member "maxAge"', 'known here: maximumAge'],
    [{ issuers: [{ ...good, audiences: [] }] }, 'issuers[0] has the unknown member', 'Did you mean "audience"?'],
    [
      { issuers: [good], clients: ['billing'] },
      'The options have clients beside issuers',
      'Say clients for each member',
    ],
    [
      { ...good, introspection: { ...introspection, onFail: 'refuse' } },
      'introspection has the unknown member "onFail"',
      'Did you mean',
    ],
  ])('an unknown one: %j', (options, problem, next) => {
    const error = refused(options)
    expect([error.code, error.outcome]).toEqual(['VERIFIER_OPTION_UNKNOWN', 'usage'])
    expect(error.problem).toContain(problem)
    expect(error.next).toContain(next)
  })

  it('and what a class hands down counts as if it stood in the object', async () => {
    const { fetch } = new FakeIssuer(key)
    const inherited = Object.create({ ...good, clients: ['shop'], fetch, now: () => start })
    await expect(createVerifier(inherited).verify(await sign(key))).rejects.toMatchObject({ code: 'TOKEN_CLIENT' })
  })
})

describe('whatever an option is', () => {
  const hostile = [
    ...['5', 'Infinity', '', 'billing-admin', 'accept', 'none', 'HS256', issuerUrl, audience],
    ...[Number.POSITIVE_INFINITY, Number.NaN, 1e9, -1, 0, 300, null, true, [], [''], {}, [[audience]], [undefined]],
    ...[async () => true, () => undefined, () => Number.POSITIVE_INFINITY, Symbol('x'), 10n, new Date(0)],
  ]
  const junk = fc.oneof(fc.constantFrom<unknown>(...hostile), fc.anything())
  const names = [
    ...['issuer', 'audience', 'profile', 'algorithms', 'clients', 'jwksUri', 'introspection', 'issuers', 'keys'],
    ...['clockTolerance', 'maximumLength', 'rememberedTokens', 'fetch', 'now', 'warn'],
  ]
  const { fetch } = new FakeIssuer(key)
  const settings = { ...good, clients: ['billing'], fetch, now: () => start }

  /** What makes a verifier, or the error that says why there is none. */
  function made(options: unknown): Verifier | undefined {
    try {
      return createVerifier(untyped(options))
    } catch (error) {
      expect(error).toBeInstanceOf(FederateError)
      expect(error).toMatchObject({ outcome: 'usage', next: expect.stringMatching(/[.?]$/) })
      return undefined
    }
  }

  /** None of these is to be let in by any options that name this issuer, this audience and this client. */
  async function expectClosed(verifier: Verifier | undefined): Promise<void> {
    if (verifier === undefined) return
    for (const token of await foreign) await expect(verifier.verify(token)).rejects.toThrow()
  }

  const foreign = Promise.all([
    sign(key, keycloakClaims({ iat: seconds - 900, exp: seconds - 301 })),
    sign(key, keycloakClaims({ aud: 'api://else' })),
    sign(key, keycloakClaims({ iss: 'https://kc.example.com/realms/else' })),
    sign(newKey('k1')),
  ])

  it('the verifier is refused, or refuses what is expired, foreign or forged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), junk, (name, value) =>
        expectClosed(made({ ...settings, [name]: value })),
      ),
    )
  })

  it('the same holds for the options of keys and introspection', async () => {
    const inner = fc.constantFrom(
      ...['maximumAge', 'maximumStale', 'unknownKeyInterval', 'timeout', 'clientId', 'auth', 'endpoint', 'lifetime'],
      'onFailure',
    )
    await fc.assert(
      fc.asyncProperty(inner, junk, async (name, value) => {
        await expectClosed(made({ ...settings, keys: { [name]: value } }))
        await expectClosed(made({ ...settings, introspection: { ...introspection, [name]: value } }))
      }),
    )
  })

  it('no unknown name is let pass', () => {
    const unknown = fc.string().filter((name) => name !== '__proto__' && !names.includes(name))
    fc.assert(
      fc.property(unknown, junk, (name, value) => {
        expect(made({ ...settings, [name]: value })).toBeUndefined()
      }),
    )
  })

  it('who is not on the list of clients is refused', async () => {
    const mallory = await sign(key, keycloakClaims({ azp: 'mallory' }))
    await fc.assert(
      fc.asyncProperty(junk, async (clients) => {
        fc.pre(clients !== undefined)
        const verifier = made({ ...settings, clients })
        if (verifier !== undefined)
          await expect(verifier.verify(mallory)).rejects.toMatchObject({ code: 'TOKEN_CLIENT' })
      }),
    )
  })
})
