import { describe, expect, it } from 'vitest'
import { clientSecret } from '../authentication/client-secret.ts'
import { clientSecretJwt } from '../authentication/client-secret-jwt.ts'
import { customAuthentication } from '../authentication/custom-authentication.ts'
import { jwtFile } from '../authentication/jwt-file.ts'
import { privateKeyJwt } from '../authentication/private-key-jwt.ts'
import { tlsClientAuth } from '../authentication/tls-client-auth.ts'
import { thrownBy } from '../thrown-by.test-kit.ts'
import { clientCredentials } from '../tokens/client-credentials.ts'
import { keepFresh } from '../tokens/freshness.ts'
import { githubActions } from '../tokens/github-actions.ts'
import { tokenCommand } from '../tokens/token-command.ts'
import { tokenEnvironment } from '../tokens/token-environment.ts'
import { tokenFile } from '../tokens/token-file.ts'
import { type OptionCase, plainSecret, refusesJunk } from './junk.test-kit.ts'

const auth = clientSecret({ value: 'only-for-tests' })
const client = { issuer: 'https://issuer.example.com', clientId: 'billing', auth }

/** What was called, with what, the code, and what the message says. */
type Refused = readonly [unknown, readonly unknown[], 'OPTION' | 'OPTION_UNKNOWN', string]

const secrets: readonly Refused[] = [
  [clientSecret, [plainSecret], 'OPTION', 'The options of clientSecret are a text, expected an object. Give { file: "'],
  [clientSecret, [], 'OPTION', 'The options of clientSecret are missing, expected an object. Give { file:'],
  [
    clientSecret,
    [{}],
    'OPTION',
    'The options of clientSecret have none of them, expected one of file, env, value. Give { file:',
  ],
  [clientSecret, [{ value: undefined }], 'OPTION', 'have none of them, expected one of file, env, value.'],
  [
    clientSecret,
    [{ file: 'a', value: plainSecret }],
    'OPTION',
    'have file and value, expected one of file, env, value.',
  ],
  [clientSecret, [{ file: 5 }], 'OPTION', 'clientSecret, file is 5 (a number), expected a text that is not empty.'],
  [clientSecret, [{ value: '' }], 'OPTION', 'clientSecret, value is an empty text, expected a text that is not empty.'],
  [
    clientSecret,
    [{ file: 'a', method: 'client_secret_jwtt' }],
    'OPTION',
    'clientSecret, method is a text, expected "client_secret_basic" or "client_secret_post".',
  ],
  [
    clientSecret,
    [{ flie: 'a' }],
    'OPTION_UNKNOWN',
    'have the unknown member "flie"; it would have no effect. Did you mean',
  ],
  [clientSecret, [{ file: 'a', warn: 'b' }], 'OPTION', 'clientSecret, warn is a text, expected a function. Correct it'],
  [clientSecretJwt, [plainSecret], 'OPTION', 'The options of clientSecretJwt are a text, expected an object.'],
  [clientSecretJwt, [{ env: 'A', audience: 'me' }], 'OPTION', 'expected "issuer" or "token_endpoint".'],
  [
    privateKeyJwt,
    ['/etc/key.pem'],
    'OPTION',
    'are a text, expected an object. Give { file: "/run/secrets/billing.pem" }',
  ],
  [privateKeyJwt, [{}], 'OPTION', 'have none of them, expected one of file, env, pem, jwk, sign.'],
  [
    privateKeyJwt,
    [{ jwk: plainSecret }],
    'OPTION',
    'privateKeyJwt, jwk is a text, expected an object, the JWK or JWKS.',
  ],
  [privateKeyJwt, [{ sign: () => {} }], 'OPTION', 'privateKeyJwt, algorithm is missing, expected a text'],
  [
    privateKeyJwt,
    [{ file: 'a', passphrase: plainSecret }],
    'OPTION',
    'privateKeyJwt, passphrase is a text, expected an',
  ],
  [tlsClientAuth, [], 'OPTION', 'The options of tlsClientAuth are missing, expected an object.'],
  [tlsClientAuth, [{ certificate: { file: 'a' } }], 'OPTION', 'tlsClientAuth, key is missing, expected an object.'],
  [
    tlsClientAuth,
    [{ certificate: {}, key: {} }],
    'OPTION',
    'tlsClientAuth, certificate has none of them, expected one',
  ],
  [jwtFile, ['/run/token'], 'OPTION', 'The options of jwtFile are a text, expected an object. Give { file: … }.'],
  [customAuthentication, [], 'OPTION', 'customAuthentication, prove is missing, expected a function.'],
]

const sources: readonly Refused[] = [
  [clientCredentials, [], 'OPTION', 'The options of clientCredentials are missing, expected an object. Give { issuer,'],
  [
    clientCredentials,
    [{ ...client, issuer: undefined }],
    'OPTION',
    'clientCredentials, issuer is missing, expected a text',
  ],
  [clientCredentials, [{ ...client, clientId: undefined }], 'OPTION', 'clientId is missing, expected a text'],
  [
    clientCredentials,
    [{ ...client, auth: plainSecret }],
    'OPTION',
    'clientCredentials, auth is a text, expected how the client proves who it is. Give what proves it, such as clientSecret(',
  ],
  [clientCredentials, [{ ...client, auth: clientSecret }], 'OPTION', 'auth is a function, expected how the client'],
  [
    clientCredentials,
    [{ ...client, auth: {} }],
    'OPTION',
    'auth is an object, expected how the client proves who it is: it',
  ],
  [
    clientCredentials,
    [{ ...client, client_id: 'b' }],
    'OPTION_UNKNOWN',
    'the unknown member "client_id"; it would have no',
  ],
  [
    clientCredentials,
    [{ ...client, scope: 'a b' }],
    'OPTION',
    'clientCredentials, scope is a text, expected a list of texts.',
  ],
  [
    clientCredentials,
    [{ ...client, parameters: { a: 5 } }],
    'OPTION',
    'parameters.a is 5 (a number), expected a text.',
  ],
  [
    clientCredentials,
    [{ ...client, freshness: { timeout: 'x' } }],
    'OPTION',
    'freshness.timeout is a text, expected a num',
  ],
  [tokenFile, ['/run/token'], 'OPTION', 'The options of tokenFile are a text, expected an object.'],
  [tokenFile, [{ path: '/run/token' }], 'OPTION_UNKNOWN', 'Take it out; known here: file, baseDirectory, now.'],
  [tokenEnvironment, [{}], 'OPTION', 'tokenEnvironment, env is missing, expected a text that is not empty.'],
  [
    tokenCommand,
    [{ command: 'vault read' }],
    'OPTION',
    'command is a text, expected a list of texts. Give a list: the prog',
  ],
  [githubActions, [{ fetch: 'x' }], 'OPTION', 'githubActions, fetch is a text, expected a function.'],
  [
    keepFresh,
    [{}],
    'OPTION',
    'keepFresh, source is an object, expected a source of tokens: it has no function getToken.',
  ],
]

describe('options in code that are wrong are refused where they are given, without showing what may be a secret', () => {
  it.each([...secrets, ...sources])('%o with %o: %s', (called, given, code, message) => {
    const error = thrownBy(called, given)
    expect(error).toMatchObject({ code, outcome: 'usage', message: expect.stringContaining(message) })
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(plainSecret)
  })

  it.each<[string, OptionCase]>([
    ['clientSecret', { called: clientSecret, good: { file: 'a', method: 'client_secret_post' }, use: authenticate }],
    ['clientSecretJwt', { called: clientSecretJwt, good: { env: 'A', audience: 'issuer' }, use: authenticate }],
    [
      'privateKeyJwt',
      { called: privateKeyJwt, good: { pem: 'a', keyId: 'b', passphrase: { env: 'C' } }, use: authenticate },
    ],
    ['privateKeyJwt with sign', { called: privateKeyJwt, good: { sign: () => new Uint8Array(1), algorithm: 'RS256' } }],
    ['tlsClientAuth', { called: tlsClientAuth, good: { certificate: { file: 'a' }, key: { file: 'b' } } }],
    ['jwtFile', { called: jwtFile, good: { file: 'a', baseDirectory: '/run/tokens' }, use: authenticate }],
    [
      'clientCredentials',
      { called: clientCredentials, good: { ...client, scope: ['a'], parameters: { b: 'c' }, timeout: 5 } },
    ],
    ['tokenFile', { called: tokenFile, good: { file: 'a', baseDirectory: '/run/tokens' } }],
    ['tokenEnvironment', { called: tokenEnvironment, good: { env: 'A', environment: {} } }],
    ['tokenCommand', { called: tokenCommand, good: { command: ['a', ''], timeout: 5, freshness: {} } }],
    ['githubActions', { called: githubActions, good: { environment: {}, freshness: {} } }],
    ['keepFresh', { called: keepFresh, good: { getToken: async () => {} } }],
  ])('%s takes any junk for an option or refuses it', async (_, one) => refusesJunk(one))
})

async function authenticate(made: unknown): Promise<void> {
  const request = { clientId: 'billing', issuer: client.issuer, tokenEndpoint: `${client.issuer}/token`, now: Date.now }
  await Reflect.apply(Reflect.get(Object(made), 'authenticate'), undefined, [request])
}
