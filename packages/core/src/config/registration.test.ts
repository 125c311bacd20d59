import { describe, expect, it } from 'vitest'
import { base, parse, problemLines } from './federate-file.test-kit.ts'

const file = (auth: string, registration: string) =>
  `${base}services:\n  billing:\n    auth: ${auth}\n    registration: ${registration}\n`
const key = '{ method: private_key_jwt, key: { file: k } }'
const certificate = '{ method: tls_client_auth, certificate: { file: c }, key: { file: k } }'
const assertion = '{ method: jwt_file, file: /run/assertion }'

describe('registration', () => {
  it.each([
    [key, { jwksUri: 'https://billing.example.com/jwks' }],
    [key, { jwksUri: 'http://127.0.0.1:8080/jwks' }],
    [certificate, { certificateSubject: 'CN=billing,O=Acme' }],
    [assertion, { identityProvider: 'kubernetes', assertionSubject: 'system:serviceaccount:acme:billing' }],
  ])('%s is registered by %o', (auth, registration) => {
    const [service] = parse(file(auth, JSON.stringify(registration))).services
    expect(service?.registration).toEqual(registration)
  })

  it.each([
    [key, '{ jwksUri: http://billing.example.com/jwks }', 'expected https: whoever could change these keys'],
    [key, '{ jwksUri: billing.example.com }', 'expected the https URL at which the service publishes'],
    [
      key,
      '{ certificateSubject: CN=billing }',
      'is for auth.method tls_client_auth, and the service uses private_key_jwt',
    ],
    [
      certificate,
      '{ jwksUri: https://a.example }',
      'is for auth.method private_key_jwt, and the service uses tls_client_auth',
    ],
    [assertion, '{ identityProvider: kubernetes }', 'services.billing.registration.assertionSubject: is missing'],
    [assertion, '{ assertionSubject: a }', 'services.billing.registration.identityProvider: is missing'],
    [assertion, '{ issuer: a }', 'is an unknown key'],
  ])('%s is not registered by %s', (auth, registration, says) => {
    expect(problemLines(file(auth, registration)).join('\n')).toContain(says)
  })
})

describe('roles that others made', () => {
  it('are those of the realm, and of other clients by their ids', () => {
    const auth = 'auth: { method: github_actions }'
    const [service] = parse(
      `${base}services: { billing: { ${auth}, realmRoles: [auditor], clientRoles: { "https://inventory": [reader] } } }`,
    ).services
    expect(service).toMatchObject({ realmRoles: ['auditor'], clientRoles: { 'https://inventory': ['reader'] } })
  })
})
