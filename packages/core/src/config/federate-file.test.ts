import { describe, expect, it } from 'vitest'
import { base, parse, path, problemLines, problems, refusal, targetSchemas } from './federate-file.test-kit.ts'
import { parseFederateFile } from './federate-file.ts'

const auth = 'auth: { method: client_secret_basic, secret: { file: /run/secrets/billing } }'

describe('parseFederateFile', () => {
  it('fills the defaults in', () => {
    const file = parse(`${base}services:\n  billing: { ${auth} }\n`)
    const issuer = { url: 'https://keycloak.example.com/realms/prod', kind: 'keycloak', audienceAs: 'scope' }
    expect(file).toEqual({
      path,
      owner: 'acme-platform',
      issuers: { prod: issuer },
      services: [
        {
          name: 'billing',
          issuerName: 'prod',
          issuer,
          clientId: 'billing',
          subject: 'service-account-billing',
          auth: { method: 'client_secret_basic', secret: { file: '/run/secrets/billing' } },
          claims: {},
          targets: [],
        },
      ],
      apis: [],
    })
  })

  it('reads everything that can be written', () => {
    const file = parse(`version: 1
owner: acme-platform
issuers:
  prod: { url: https://keycloak.example.com/realms/prod, kind: keycloak }
  other: { url: "https://login.example.com:8443/auth", kind: oidc, audienceAs: resource }
  third: { url: https://third.example.com, kind: oidc }
services:
  billing:
    issuer: prod
    clientId: Billing API
    auth: { method: private_key_jwt, key: { env: BILLING_KEY }, keyId: k1, algorithm: ES256 }
    claims: { environment: production, tenants: [1, { deep: null }], admin: false }
    targets:
      s3: { cloud: aws, account: "012345678901", role: billing }
      lake: { cloud: gcp, provider: p }
  build.job:
    issuer: other
    subject: repo:acme/build
    auth: { method: token_file, file: /run/token }
apis:
  orders: { audience: api://orders, roles: [reader, writer] }
  token: { audience: api://token }
`)
    const [billing, build] = file.services
    expect(billing).toMatchObject({
      clientId: 'Billing API',
      subject: 'service-account-billing api',
      auth: { method: 'private_key_jwt', key: { env: 'BILLING_KEY' }, keyId: 'k1', algorithm: 'ES256' },
      claims: { environment: 'production', tenants: [1, { deep: null }], admin: false },
    })
    expect(billing?.targets).toEqual([
      {
        service: 'billing',
        name: 's3',
        cloud: 'aws',
        wish: { account: '012345678901', role: 'billing', policies: [], seconds: 3600 },
      },
      { service: 'billing', name: 'lake', cloud: 'gcp', wish: { provider: 'p' } },
    ])
    expect(build).toMatchObject({
      name: 'build.job',
      issuer: { url: 'https://login.example.com:8443/auth', kind: 'oidc', audienceAs: 'resource' },
      subject: 'repo:acme/build',
    })
    expect(file.issuers['third']).toEqual({ url: 'https://third.example.com', kind: 'oidc', audienceAs: 'none' })
    expect(file.apis).toEqual([
      { name: 'orders', audience: 'api://orders', roles: ['reader', 'writer'] },
      { name: 'token', audience: 'api://token', roles: [] },
    ])
  })

  it('lets a value be named once and used twice', () => {
    const file = parse(`${base}services:
  a: { auth: &shared { method: token_file, file: /run/token } }
  b: { auth: *shared }
`)
    expect(file.services.map((service) => service.auth)).toEqual(
      Array(2).fill({ method: 'token_file', file: '/run/token' }),
    )
  })

  it('says everything that is wrong, in the order of the file, as text and as data', () => {
    const error = refusal(`version: 1
ownr: acme-platform
issuers:
  prod: { url: https://keycloak.example.com/realms/prod, kind: keycloak }
services:
  billing:
    ${auth}
    targets:
      s3: { cloud: aws, account: 012345678901, role: billing }
`)
    expect(error.message).toBe(`${path} has 3 problems:
  ${path}:1:1 owner: is missing, expected 2 to 32 lower-case letters, digits and "-", the first a letter.
  ${path}:2:1 ownr: is an unknown key; did you mean "owner"?
  ${path}:9:34 services.billing.targets.s3.account: found 012345678901 (a number), expected a text; put it in quotes: "012345678901", because YAML drops the zeros at the beginning of a number. Correct the file and run the command again.`)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', outcome: 'usage' })
    expect(problems(error)[1]).toEqual({
      code: 'UNKNOWN_KEY',
      path: 'ownr',
      line: 2,
      column: 1,
      message: 'is an unknown key; did you mean "owner"?',
      suggestion: 'owner',
    })
    expect(problems(error)[2]).toMatchObject({
      code: 'WRONG_TYPE',
      found: '012345678901 (a number)',
      expected: 'a text',
    })
  })
})

const inService = (text: string) => `${base}services:\n  billing:\n${text.replace(/^/gm, '    ')}\n`
const inTarget = (text: string) => inService(`${auth}\ntargets:\n  s3: ${text}`)
const nameText = 'lower-case letters, digits, ".", "_" and "-", the first a letter or digit, at most 63 characters'

describe('parseFederateFile refuses', () => {
  it.each<[string, string, string[]]>([
    ['a version it does not know', base.replace('1', '2'), ['1:10 version: found 2 (a number), expected 1.']],
    ['a list', '- a', ['1:1 found a list, expected a map.']],
    ['a text', 'hello', ['1:1 found "hello", expected a map.']],
    [
      'an owner with capitals',
      base.replace('acme', 'Acme'),
      ['2:8 owner: found "Acme-platform", expected 2 to 32 lower-case letters, digits and "-", the first a letter.'],
    ],
    [
      'an owner that is a list',
      base.replace('acme-platform', '[a]'),
      ['2:8 owner: found a list, expected 2 to 32 lower-case letters, digits and "-", the first a letter.'],
    ],
    ['no issuer', 'version: 1\nowner: acme\nissuers: {}', ['3:10 issuers: found a map, expected at least one issuer.']],
    [
      'an unknown kind',
      base.replace('kind: keycloak', 'kind: keyclok'),
      ['4:64 issuers.prod.kind: found "keyclok", expected "keycloak" or "oidc"; did you mean "keycloak"?'],
    ],
    [
      'a missing kind',
      base.replace(', kind: keycloak', ''),
      ['4:3 issuers.prod.kind: is missing, expected "keycloak" or "oidc".'],
    ],
    [
      'a slash at the end of an issuer',
      base.replace('/prod,', '/prod/,'),
      [
        '4:16 issuers.prod.url: The issuer URL https://keycloak.example.com/realms/prod/ ends with a slash, and the "iss" of its tokens would not be equal to it. Give https://keycloak.example.com/realms/prod.',
      ],
    ],
    [
      'an issuer by http',
      base.replace('https', 'http'),
      [
        '4:16 issuers.prod.url: The issuer URL http://keycloak.example.com/realms/prod uses http where https was expected; http is for loopback addresses only. Give the https URL: every cloud refuses an issuer without TLS.',
      ],
    ],
    [
      'audienceAs for Keycloak',
      base.replace('keycloak }', 'keycloak, audienceAs: scope }'),
      [
        '4:74 issuers.prod.audienceAs: cannot be chosen for kind: keycloak, which is asked for an audience by a scope; remove it.',
      ],
    ],
    [
      'a name with capitals',
      `${base}services:\n  Billing: { ${auth} }`,
      [`6:3 services.Billing: cannot be the name here, expected ${nameText}.`],
    ],
    [
      'a name of 64 characters',
      `${base}apis:\n  ${'a'.repeat(64)}: { audience: x }`,
      [`6:3 apis["${'a'.repeat(60)}…"]: cannot be the name here, expected ${nameText}.`],
    ],
    [
      'a service that is nothing',
      `${base}services:\n  billing:`,
      ['6:11 services.billing: found nothing (null), expected a map.'],
    ],
    ['a service without auth', inService('clientId: x'), ['6:3 services.billing.auth: is missing, expected a map.']],
    [
      'an unknown method',
      inService('auth: { method: client_secret_basc }'),
      [
        '7:21 services.billing.auth.method: found "client_secret_basc", expected "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "tls_client_auth", "jwt_file", "token_file", "token_env", "token_command" or "github_actions"; did you mean "client_secret_basic"?',
      ],
    ],
    [
      'a secret without a place',
      inService('auth: { method: client_secret_post, secret: {} }'),
      [
        '7:49 services.billing.auth.secret: found a map (not shown), expected { file: <path> } or { env: <name of a variable> }, one of the two.',
      ],
    ],
    [
      'two places',
      inService('auth: { method: client_secret_post, secret: { file: a, env: B } }'),
      [
        '7:49 services.billing.auth.secret: found a map (not shown), expected { file: <path> } or { env: <name of a variable> }, one of the two.',
      ],
    ],
    [
      'a variable that is none',
      inService('auth: { method: client_secret_post, secret: { env: a b } }'),
      [
        '7:56 services.billing.auth.secret.env: found a text (not shown), expected the name of an environment variable: letters, digits and "_".',
      ],
    ],
    [
      'a missing secret',
      inService('auth: { method: client_secret_post }'),
      [
        '7:5 services.billing.auth.secret: is missing, expected { file: <path> } or { env: <name of a variable> }, one of the two.',
      ],
    ],
    [
      'an algorithm of shared keys',
      inService('auth: { method: private_key_jwt, key: { file: k }, algorithm: HS256 }'),
      [
        '7:67 services.billing.auth.algorithm: found "HS256", expected "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512" or "EdDSA"; did you mean "RS256"?',
      ],
    ],
    [
      'a token file without its path',
      inService('auth: { method: token_file, fil: /run/token }'),
      [
        '7:5 services.billing.auth.file: is missing, expected a text.',
        '7:33 services.billing.auth.fil: is an unknown key; did you mean "file"?',
      ],
    ],
    [
      'a reserved claim',
      inService(`${auth}\nclaims: { sub: x }`),
      [
        '8:15 services.billing.claims.sub: cannot be the name here, expected another name: the issuer sets this claim itself.',
      ],
    ],
    [
      'a number that is not exact',
      inService(`${auth}\nclaims: { tenant: 12345678901234567890, n: .nan }`),
      [
        '8:23 services.billing.claims.tenant: is a number that cannot be kept exactly; put it in quotes.',
        '8:48 services.billing.claims.n: is a number that cannot be kept exactly; put it in quotes.',
      ],
    ],
    [
      'an unknown issuer',
      inService(`${auth}\nissuer: prd`),
      ['8:13 services.billing.issuer: found "prd", expected the name of an issuer: prod; did you mean "prod"?'],
    ],
    ['a target that is a text', inTarget('aws'), ['9:11 services.billing.targets.s3: found "aws", expected a map.']],
    [
      'a target without cloud',
      inTarget('{ account: x }'),
      ['9:7 services.billing.targets.s3.cloud: is missing, expected a cloud that federate knows: aws, gcp.'],
    ],
    [
      'an unknown cloud',
      inTarget('{ cloud: asw }'),
      [
        '9:20 services.billing.targets.s3.cloud: found "asw", expected a cloud that federate knows: aws, gcp; did you mean "aws"?',
      ],
    ],
    [
      'an account of 11 digits',
      inTarget('{ cloud: aws, account: "12345678901", role: b }'),
      ['9:34 services.billing.targets.s3.account: expected 12 digits, got 12345678901.'],
    ],
    [
      'a role of 65 characters',
      inTarget(`{ cloud: aws, account: "123456789012", role: ${'b'.repeat(65)} }`),
      ['9:56 services.billing.targets.s3.role: found a text of 65 characters, expected at most 64 characters.'],
    ],
    [
      'an empty role',
      inTarget('{ cloud: aws, account: "123456789012", role: "" }'),
      ['9:56 services.billing.targets.s3.role: found "", expected at least 1 character.'],
    ],
    [
      'an unknown key of a target',
      inTarget('{ cloud: aws, account: "123456789012", role: b, polices: x, zzz: y }'),
      [
        '9:59 services.billing.targets.s3.polices: is an unknown key; did you mean "policies"?',
        '9:71 services.billing.targets.s3.zzz: is an unknown key; known here: account, role, policies, count, document, cloud.',
      ],
    ],
    [
      'a list item of the wrong type',
      inTarget('{ cloud: aws, account: "123456789012", role: b, policies: [a, true] }'),
      [
        '9:73 services.billing.targets.s3.policies[1]: found true (a boolean), expected a text; put it in quotes: "true".',
      ],
    ],
    [
      'a number out of range',
      inTarget('{ cloud: aws, account: "123456789012", role: b, count: 4 }'),
      ['9:66 services.billing.targets.s3.count: found 4 (a number), expected at most 3.'],
    ],
    [
      'a fraction',
      inTarget('{ cloud: aws, account: "123456789012", role: b, count: 1.5 }'),
      ['9:66 services.billing.targets.s3.count: found 1.5 (a number), expected a whole number.'],
    ],
    [
      'a choice that lacks a part',
      inTarget('{ cloud: gcp, project: p }'),
      ['9:7 services.billing.targets.s3.pool: is missing, expected a text.'],
    ],
    [
      'two APIs of one audience',
      `${base}apis:\n  a: { audience: api }\n  b: { audience: api }`,
      [
        '7:18 apis.b.audience: found "api", which is the audience of "a" already; a token for one would be accepted by the other.',
      ],
    ],
    [
      'roles that are a text',
      `${base}apis:\n  a: { audience: api, roles: reader }`,
      ['6:30 apis.a.roles: found "reader", expected a list.'],
    ],
    ['a key given twice', `${base}owner: other`, ['5:1 owner: is given twice, the first time in line 2; keep one.']],
    [
      'a merge key',
      `${base}apis:\n  a: { <<: { audience: x } }`,
      [
        '6:3 apis.a.audience: is missing, expected a text.',
        '6:8 apis.a["<<"]: is an unknown key; known here: audience, roles.',
      ],
    ],
    [
      '__proto__',
      `${base}apis:\n  a: { audience: x, __proto__: { roles: [] } }`,
      ['6:21 apis.a.__proto__: "__proto__" cannot be used as a key.'],
    ],
    [
      'a name of every object',
      inService(`${auth}\nissuer: constructor`),
      ['8:13 services.billing.issuer: found "constructor", expected the name of an issuer: prod.'],
    ],
    [
      'roles of an API that is not there, and roles that it has not',
      `${inService(`${auth}\nroles: { order: [reader], orders: [reeder, writer, nobody] }`)}\napis:\n  orders: { audience: api://orders, roles: [reader, writer] }`,
      [
        '8:14 services.billing.roles.order: found "order", expected an API of this file: orders; did you mean "orders"?',
        '8:40 services.billing.roles.orders[0]: found "reeder", expected a role of the API "orders": reader, writer; did you mean "reader"?',
        '8:56 services.billing.roles.orders[2]: found "nobody", expected a role of the API "orders": reader, writer.',
      ],
    ],
    [
      'a key that is nearly `file`, without what stands behind it',
      inService('auth: { method: client_secret_basic, secret: { fil: canary } }'),
      ['7:50 services.billing.auth.secret: has the unknown key "fil"; did you mean "file"?'],
    ],
  ])('%s', (_, text, expected) => {
    expect(problemLines(text)).toEqual(expected)
  })

  const two = `${base}  other: { url: https://other.example.com, kind: oidc }\nservices:\n`
  it.each<[string, string, string[]]>([
    [
      'a service that does not say which issuer',
      `  a: { ${auth} }`,
      ['7:3 services.a.issuer: is missing, expected the name of one of the 2 issuers: prod, other.'],
    ],
    [
      'no subject where it cannot be known',
      `  a: { issuer: other, ${auth} }`,
      [
        `7:3 services.a.subject: is missing, expected the sub of this service's tokens: the issuer "other" is of kind oidc, and only Keycloak's is known beforehand.`,
      ],
    ],
    [
      'two client ids that are one Keycloak user',
      `  a: { issuer: prod, clientId: API, ${auth} }\n  api: { issuer: prod, ${auth} }`,
      [
        '8:3 services.api.clientId: found "api", which Keycloak cannot tell from the client id of the service "a": both are the user service-account-api; give one of them another client id.',
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(problemLines(two + text)).toEqual(expected)
  })

  it('but takes such client ids at another issuer', () => {
    const text = `  a: { issuer: prod, clientId: API, ${auth} }\n  api: { issuer: other, subject: x, ${auth} }\n  aPi: {}`
    expect(parse(two + text.replace(/\n {2}aPi.*/, '')).services).toHaveLength(2)
  })

  it('an API with an audience by which a cloud takes tokens', () => {
    const text = `${inService(auth)}\napis:\n  orders: { audience: sts.example.com }`
    const isCloudAudience = (audience: string) => audience === 'sts.example.com'
    expect(() => parseFederateFile(text, { path, targetSchemas, isCloudAudience })).toThrow(
      'apis.orders.audience: found "sts.example.com", expected an audience of its own: a cloud takes tokens for this one, so whoever gets them at the API could exchange them.',
    )
    expect(parse(text).apis).toHaveLength(1)
  })

  it('an empty file', () => {
    for (const text of ['', '\n', '# nothing\n', '---\n']) {
      expect(refusal(text)).toMatchObject({
        code: 'CONFIG_EMPTY',
        outcome: 'usage',
        message: `${path} is empty, and a map that begins with "version: 1" was expected. Write one with \`federate init\`.`,
      })
    }
  })

  it('more than a megabyte', () => {
    expect(refusal(`# ${'x'.repeat(1_048_576)}`)).toMatchObject({
      code: 'CONFIG_TOO_LARGE',
      outcome: 'usage',
      message: `${path} has 1048578 bytes, more than the 1048576 that a federate.yaml may have. Check that it is the right file; split a large one by environment, each with a file of its own.`,
    })
  })
})
