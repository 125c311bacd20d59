import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FederateError } from '../errors.ts'
import type { AuthReference, ServiceFile } from './service.ts'
import { parseServiceFile } from './service-file.ts'
import { formatServiceFile } from './service-file-format.ts'

const path = 'billing.federate.json'
const file: ServiceFile = {
  version: 1,
  service: 'billing',
  issuer: { url: 'https://keycloak.example.com/realms/prod', kind: 'keycloak' },
  clientId: 'billing',
  auth: { method: 'client_secret_basic', secret: { file: '/run/secrets/billing' } },
  targets: { s3: { cloud: 'aws', roleArn: 'arn:aws:iam::123456789012:role/federate/acme/billing' } },
}

function refusal(change: Record<string, unknown>): FederateError {
  return refusalOfText(JSON.stringify({ ...file, ...change }))
}

function refusalOfText(text: string): FederateError {
  try {
    parseServiceFile(text, path)
  } catch (error) {
    if (error instanceof FederateError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const json = fc.jsonValue()
const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,10}$/)
const auth: fc.Arbitrary<AuthReference> = fc.oneof(
  fc.record({
    method: fc.constantFrom('client_secret_basic', 'client_secret_post'),
    secret: fc.record({ file: word }),
  }),
  fc.record({ method: fc.constant('private_key_jwt'), key: fc.record({ env: fc.constant('KEY') }) }),
  fc.record({ method: fc.constant('private_key_jwt'), key: fc.record({ file: word }), keyId: word, algorithm: word }),
  fc.record({
    method: fc.constant('private_key_jwt'),
    key: fc.record({ file: word }),
    passphrase: fc.record({ file: word }),
    audience: fc.constantFrom('issuer', 'token_endpoint'),
  }),
  fc.record({ method: fc.constant('client_secret_jwt'), secret: fc.record({ file: word }), algorithm: word }),
  fc.record({
    method: fc.constant('tls_client_auth'),
    certificate: fc.record({ file: word }),
    key: fc.record({ env: fc.constant('KEY') }),
  }),
  fc.record({ method: fc.constantFrom('token_file', 'jwt_file'), file: word }),
  fc.record({ method: fc.constant('token_env'), env: fc.constant('TOKEN') }),
  fc.record({
    method: fc.constant('token_command'),
    command: fc.array(word, { minLength: 1 }),
    timeout: fc.integer({ min: 1, max: 600 }),
  }),
  fc.record({ method: fc.constant('github_actions') }),
)

describe('parseServiceFile', () => {
  it('reads what was written', () => {
    expect(parseServiceFile(formatServiceFile(file), path)).toEqual(file)
  })

  it('reads every file that formatServiceFile writes, and writes it the same again', () => {
    const target = fc.record({
      cloud: word,
      roleArn: word,
      count: fc.integer(),
      list: fc.array(word),
      flag: fc.boolean(),
    })
    const files = fc.record({
      version: fc.constant(1 as const),
      service: word,
      issuer: fc.record({
        url: fc.constant('https://i.example'),
        kind: fc.constant('oidc' as const),
        audienceAs: fc.constantFrom('scope', 'none'),
        parameters: fc.dictionary(word, word),
        ca: word,
      }),
      clientId: word,
      auth,
      targets: fc.dictionary(word, target),
      apis: fc.dictionary(word, word),
    })
    fc.assert(
      fc.property(files, (one) => {
        const text = formatServiceFile(one)
        const read = parseServiceFile(text, path)
        expect(read).toEqual(one)
        expect(formatServiceFile(read)).toBe(text)
      }),
    )
  })

  it('writes keys in one order, whatever order they came in', () => {
    const targets = { s3: { roleArn: 'r', cloud: 'aws' }, a: { cloud: 'aws' } }
    expect(formatServiceFile({ ...file, targets, apis: { z: 'api://z', b: 'api://b' } })).toBe(`{
  "version": 1,
  "service": "billing",
  "issuer": {
    "url": "https://keycloak.example.com/realms/prod",
    "kind": "keycloak"
  },
  "clientId": "billing",
  "auth": {
    "method": "client_secret_basic",
    "secret": {
      "file": "/run/secrets/billing"
    }
  },
  "targets": {
    "a": {
      "cloud": "aws"
    },
    "s3": {
      "cloud": "aws",
      "roleArn": "r"
    }
  },
  "apis": {
    "b": "api://b",
    "z": "api://z"
  }
}
`)
  })

  const next = 'Write the service file anew with `federate setup`, or correct it by hand.'
  const reference = 'expected { "file": "<path>" } or { "env": "<name of a variable>" }, one of the two.'
  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown key', { clientID: 'x' }, `${path} has the unknown key "clientID"; did you mean "clientId"?`],
    ['a missing service', { service: undefined }, `${path}, service is missing, expected a text that is not empty.`],
    ['an empty client id', { clientId: '' }, `${path}, clientId is "", expected a text that is not empty.`],
    ['an issuer that is a text', { issuer: 'x' }, `${path}, issuer is "x", expected an object.`],
    [
      'an unknown kind',
      { issuer: { url: 'https://i.example', kind: 'okta' } },
      `${path}, issuer.kind is "okta", expected "keycloak" or "oidc".`,
    ],
    [
      'an unknown method',
      { auth: { method: 'client_secret_jws' } },
      `${path}, auth.method is "client_secret_jws", expected "client_secret_basic" or "client_secret_post" or "client_secret_jwt" or "private_key_jwt" or "tls_client_auth" or "jwt_file" or "token_file" or "token_env" or "token_command" or "github_actions"; did you mean "client_secret_jwt"?`,
    ],
    [
      'a token file without file',
      { auth: { method: 'token_file' } },
      `${path}, auth.file is missing, expected a text that is not empty.`,
    ],
    [
      'both places',
      { auth: { method: 'private_key_jwt', key: { file: 'a', env: 'B' } } },
      `${path}, auth.key is something else (not shown), ${reference}`,
    ],
    [
      'no place',
      { auth: { method: 'private_key_jwt', key: {} } },
      `${path}, auth.key is something else (not shown), ${reference}`,
    ],
    [
      'a variable that is none',
      { auth: { method: 'client_secret_post', secret: { env: 'a b' } } },
      `${path}, auth.secret is something else (not shown), ${reference}`,
    ],
    [
      'a missing secret',
      { auth: { method: 'client_secret_post' } },
      `${path}, auth.secret is missing, expected an object.`,
    ],
    ['targets that are a list', { targets: [] }, `${path}, targets is a list, expected an object.`],
    [
      'a target without cloud',
      { targets: { s3: {} } },
      `${path}, targets.s3.cloud is missing, expected a text that is not empty.`,
    ],
    [
      'an API that is a number',
      { apis: { orders: 1 } },
      `${path}, apis.orders is 1 (a number), expected a text that is not empty.`,
    ],
    ['a version that is a text', { version: '1' }, `${path}, version is "1", expected 1.`],
  ])('refuses %s', (_, change, problem) => {
    const error = refusal(change)
    expect(error.message).toBe(`${problem} ${next}`)
    expect(error).toMatchObject({ code: 'SERVICE_FILE_INVALID', outcome: 'usage' })
  })

  it('says that a newer federate wrote it', () => {
    const error = refusal({ version: 2, more: true })
    expect(error.code).toBe('SERVICE_FILE_VERSION')
    expect(error.message).toBe(
      `${path} has version 2 and was written by a newer version of federate; this one reads version 1. Bring federate on this host to the version that wrote the file, or write the file anew with \`federate setup\` of this version.`,
    )
  })

  it('refuses an issuer URL with its own code', () => {
    expect(refusal({ issuer: { url: 'https://i.example/realm/', kind: 'oidc' } }).code).toBe(
      'ISSUER_URL_TRAILING_SLASH',
    )
  })

  it('says where the text stops being JSON, and quotes nothing of it', () => {
    const error = refusalOfText('{\n  "auth": "hunter2-canary"\n  "x": 1\n}')
    expect(error.problem).toBe(`${path}:3:3 is not JSON, expected the JSON object that \`federate setup\` wrote.`)
    expect(refusalOfText(' \n').problem).toBe(
      `${path} is empty, expected the JSON object that \`federate setup\` wrote.`,
    )
    expect(JSON.stringify(refusalOfText('{"secret": hunter2-canary}'))).not.toContain('hunter2')
  })

  it.each<[Record<string, unknown>, string]>([
    [{ auth: { method: 'client_secret_basic', secret: 'hunter2-canary' } }, 'auth.secret'],
    [{ auth: { method: 'client_secret_basic', secret: { value: 'hunter2-canary' } } }, 'auth.secret'],
    [{ auth: { method: 'client_secret_basic', clientSecret: 'hunter2-canary' } }, 'auth.clientSecret'],
    [{ password: 'hunter2-canary' }, 'password'],
    [{ targets: { s3: { cloud: 'aws', sessionToken: 'hunter2-canary' } } }, 'targets.s3.sessionToken'],
    [{ issuer: { url: 'https://u:hunter2-canary@i.example', kind: 'oidc' } }, 'issuer.url'],
    [{ clientId: '-----BEGIN PRIVATE KEY-----\nhunter2-canary' }, 'clientId'],
  ])('refuses a secret in %j without showing it', (change, place) => {
    const error = refusal(change)
    expect(error.code).toBe('SERVICE_FILE_SECRET')
    expect(error.problem).toBe(`${path} holds a secret at ${place}; a secret does not belong in a service file.`)
    const advice =
      place === 'issuer.url' ? /^Take user and password out of the URL, / : /^Move it to a file of its own, /
    expect(error.next).toMatch(advice)
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('hunter2')
  })

  it('fails with nothing but FederateError', () => {
    const keys = fc.constantFrom(
      'version',
      'service',
      'issuer',
      'clientId',
      'auth',
      'targets',
      'apis',
      '__proto__',
      'x',
    )
    const texts = fc.oneof(
      fc.string(),
      json.map((value) => JSON.stringify(value)),
      fc.dictionary(keys, json).map((fields) => JSON.stringify({ ...file, ...fields })),
    )
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseServiceFile(text, path)
        } catch (error) {
          expect(error).toBeInstanceOf(FederateError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
