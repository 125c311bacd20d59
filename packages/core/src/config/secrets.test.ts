import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FederateError } from '../errors.ts'
import { base, parse, path, problemLines, refusal } from './federate-file.test-kit.ts'

const canary = 'hunter2-canary'
const inService = (text: string) => `${base}services:\n  billing:\n${text.replace(/^/gm, '    ')}\n`

/** Everything that could reach a screen or a log. */
function everythingOf(error: FederateError): string {
  return `${error.stack} ${error.message} ${JSON.stringify(error)} ${JSON.stringify(error.details)} ${error.cause}`
}

describe('a secret in federate.yaml', () => {
  const text =
    'a secret does not belong in federate.yaml; say where the service finds it: { file: <path> } or { env: <name of a variable> }.'

  it.each<[string, string]>([
    [`auth: { method: client_secret_basic, secret: "${canary}" }`, '7:50 services.billing.auth.secret'],
    [`auth: { method: client_secret_basic, secret: ${canary} }`, '7:50 services.billing.auth.secret'],
    [`auth: { method: client_secret_basic, secret: { value: ${canary} } }`, '7:50 services.billing.auth.secret'],
    [`auth: { method: client_secret_basic, secret: { ${canary} } }`, '7:50 services.billing.auth.secret'],
    [`auth: { method: client_secret_basic, secret: [${canary}] }`, '7:50 services.billing.auth.secret'],
    [`auth: { method: private_key_jwt, key: "${canary}" }`, '7:43 services.billing.auth.key'],
    [`auth: { method: token_file, file: /x, token: ${canary} }`, '7:50 services.billing.auth.token'],
    [`auth: { method: token_file, file: /x, clientSecret: ${canary} }`, '7:57 services.billing.auth.clientSecret'],
    [`auth: { method: token_file, file: /x, client_secret: ${canary} }`, '7:58 services.billing.auth.client_secret'],
    [`auth: { method: token_file, file: /x }\nclaims: { api-key: ${canary} }`, '8:24 services.billing.claims.api-key'],
    [`auth: { method: token_file, file: /x }\npassword: ${canary}`, '8:15 services.billing.password'],
    [
      `auth: { method: token_file, file: /x }\ntargets: { s3: { cloud: aws, account: "123456789012", role: b, document: { password: ${canary} } } }`,
      '8:90 services.billing.targets.s3.document.password',
    ],
    [
      `auth: { method: token_file, file: "-----BEGIN PRIVATE KEY-----\\n${canary}" }`,
      '7:39 services.billing.auth.file',
    ],
    [
      `auth: { method: client_secret_basic, secret: "https://user:${canary}@host.example" }`,
      '7:50 services.billing.auth.secret',
    ],
  ])('is refused and not shown: %s', (service, place) => {
    const error = refusal(inService(service))
    expect(problemLines(inService(service))).toEqual([`${place}: ${text}`])
    expect(error.next).toBe(
      'Correct the file and run the command again. If others could read the file, replace the secret that stands in it.',
    )
    expect(everythingOf(error)).not.toContain(canary)
  })

  it.each([
    [
      inService(`auth: { method: token_file, file: /x }\nsubject: https://user:${canary}@host.example`),
      '8:14 services.billing.subject',
    ],
    [base.replace('https://', `https://user:${canary}@`), '4:16 issuers.prod.url'],
  ])('is taken out of a URL, because no other place is meant: %s', (file, place) => {
    expect(problemLines(file)).toContain(
      `${place}: a secret does not belong in federate.yaml; take user and password out of the URL.`,
    )
    expect(everythingOf(refusal(file))).not.toContain(canary)
  })

  it('is not shown where the key is misspelt or the word stands alone', () => {
    expect(problemLines(inService(`auth: { method: token_file, file: /x, ${canary} }`))).toEqual([
      '7:11 services.billing.auth: holds a key that is unknown and has no value (not shown).',
    ])
    const misspelt = refusal(inService(`auth: { method: client_secret_post, secert: ${canary} }`))
    expect(misspelt.problem).toContain('services.billing.auth.secert: is an unknown key; did you mean "secret"?')
    expect(everythingOf(misspelt)).not.toContain(canary)
  })

  it('is not shown as a key below the place of a secret, or as a name', () => {
    const text = inService(`auth: { method: client_secret_post, secret: { file: { ${canary}: 1, ${canary}: .nan } } }`)
    expect(everythingOf(refusal(text))).not.toContain(canary)
    expect(problemLines(text)).toContain(
      '7:78 services.billing.auth.secret.file: is given twice, the first time in line 7; keep one.',
    )
    const named = inService(`auth: { method: client_secret_post, secret: { env: ${canary} } }`)
    expect(problemLines(named)).toEqual([
      '7:56 services.billing.auth.secret.env: found a text (not shown), expected the name of an environment variable: letters, digits and "_".',
    ])
  })

  it('is not shown in a second place that does not look like one', () => {
    const text = inService(`password: &p ${canary}\nissuer: *p\n${canary}: 1\nauth: { method: *p }`)
    expect(everythingOf(refusal(text))).not.toContain(canary)
    expect(problemLines(text)).toContain(
      '8:13 services.billing.issuer: found "(not shown)", expected the name of an issuer: prod.',
    )
  })

  it('is not shown where the file is not YAML', () => {
    const faulty = [
      `secret: "${canary}`,
      `secret: ${canary}: x`,
      `secret: *${canary}`,
      `secret: !${canary} x`,
      `secret: >${canary}\n x`,
      `secret: "\\q${canary}"`,
      `secret: @${canary}`,
      `secret: [${canary}`,
      `"${canary}" "${canary}"`,
      `secret: "a"${canary}`,
      `%${canary}\n---\na: 1`,
    ]
    for (const text of faulty) {
      const error = refusal(text)
      expect(error.code, text).toBe('CONFIG_NOT_YAML')
      expect(everythingOf(error), text).not.toContain(canary)
    }
  })

  it('may be the name of a service, a target or an API', () => {
    const auth = 'auth: { method: token_file, file: /run/token }'
    const file = parse(`${base}services:
  token: { ${auth}, targets: { secret: { cloud: aws, account: "123456789012", role: b } } }
apis:
  password: { audience: api://password }
`)
    expect(file.services[0]?.targets[0]?.name).toBe('secret')
    expect(problemLines(`${base}apis:\n  token: { audience: 5 }`)).toEqual([
      '6:22 apis.token.audience: found 5 (a number), expected a text; put it in quotes: "5".',
    ])
  })

  it('is never shown, wherever and however it is written', () => {
    const key = fc.constantFrom('secret', 'clientSecret', 'client_secret', 'password', 'token', 'api_key', 'privateKey')
    const value = fc.constantFrom(
      canary,
      `"${canary}"`,
      `'${canary}'`,
      `{ value: ${canary} }`,
      `[${canary}]`,
      `"${canary}`,
      `${canary}: x`,
      `|\n            ${canary}`,
      `{ ${canary} }`,
      `*${canary}`,
      `!x ${canary}`,
      `{ file: [${canary}] }`,
      `{ env: ${canary} }`,
      `{ file: x, ${canary}: 1 }`,
    )
    const before = fc.constantFrom(
      '',
      'method: client_secret_basic',
      'method: private_key_jwt',
      'method: nonsense',
      ']',
      'file: 5',
    )
    const parent = fc.constantFrom('auth', 'claims', 'targets', 'unknown')
    fc.assert(
      fc.property(parent, before, key, value, (under, line, name, written) => {
        const text = inService(`${under}:\n  ${line}\n  ${name}: ${written}`)
        try {
          parse(text)
        } catch (error) {
          if (!(error instanceof FederateError)) throw error
          expect(everythingOf(error)).not.toContain(canary)
          return
        }
        throw new Error(`${path} was accepted: ${text}`)
      }),
      { numRuns: 500 },
    )
  })
})
