import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuthReference, FederateFile, Issuer, ServiceWish } from '@federate/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeTestFile, type TestFile } from './federate-file.test-kit.ts'
import { serveOnLoopback } from './loopback-server.ts'
import { standIn } from './stand-in.ts'

let place: TestFile
beforeEach(async () => {
  place = await makeTestFile()
})
afterEach(() => place.remove())

const elsewhere: Issuer = { url: 'https://keycloak.example.com/realms/prod', kind: 'keycloak' }
const nowhere = '/nonexistent/federate/secret'

/** A federate.yaml with these issuers, and services that use the one that they name. */
function fileOf(issuers: Record<string, Issuer>, ...services: Partial<ServiceWish>[]): FederateFile {
  const [first = 'main'] = Object.keys(issuers)
  const complete = services.map((one) => {
    const issuerName = one.issuerName ?? first
    return { ...one, issuerName, issuer: issuers[issuerName] ?? elsewhere }
  })
  return { ...place.file(...complete), issuers }
}

describe('standIn', () => {
  it('is not needed where issuers are on loopback and credentials are, or can be made, on this host', async () => {
    expect(await standIn(place.file({}))).toBeUndefined()
    const elsewhereOnHost = join(place.folder, 'other')
    await mkdir(elsewhereOnHost)
    await writeFile(join(elsewhereOnHost, 'secret'), 'only-for-tests')
    const file = place.file({
      auth: { method: 'client_secret_post', secret: { file: join(elsewhereOnHost, 'secret') } },
    })
    expect(await standIn({ ...file, path: '/nonexistent/federate.yaml' })).toBeUndefined()
    expect(await standIn(place.file({ auth: { method: 'client_secret_basic', secret: { env: 'S' } } }))).toBeUndefined()
  })

  it('puts issuers that are elsewhere on one loopback port, as realms of their names', async () => {
    const auth0 = {
      url: 'https://acme.eu.auth0.com/',
      kind: 'oidc',
      audienceAs: 'audience',
      parameters: { a: 'b' },
    } as const
    const issuers = {
      prod: { ...elsewhere, ca: '/etc/ca.pem' },
      auth0,
      here: { url: place.issuer, kind: 'keycloak' },
    } as const
    const stand = await standIn(fileOf(issuers, {}))
    const url = stand?.issuers['prod']?.url ?? ''
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/realms\/prod$/)
    expect(stand?.issuers).toEqual({
      prod: { url, kind: 'keycloak' },
      auth0: { url: url.replace(/prod$/, 'auth0'), kind: 'keycloak', parameters: { a: 'b' } },
      here: { url: place.issuer, kind: 'keycloak' },
    })
    expect(new URL(url).port).not.toBe(new URL(place.issuer).port)
    expect(stand?.told).toEqual([
      `The issuer prod is at ${url}, in place of https://keycloak.example.com/realms/prod.`,
      `The issuer auth0 is at ${stand?.issuers['auth0']?.url}, in place of https://acme.eu.auth0.com/.`,
      "All services have credentials of the sandbox's own, beside that copy: real ones are not read.",
    ])
  })

  it('takes another port where the usual one is taken', async () => {
    const taken = await serveOnLoopback(() => undefined, { label: 'a test', port: 8180 }).catch(() => undefined)
    const stand = await standIn(fileOf({ prod: elsewhere }, {}))
    expect(stand?.issuers['prod']?.url).not.toContain(':8180/')
    await taken?.close()
  })

  it.each<[string, AuthReference, AuthReference]>([
    [
      'an absolute path',
      { method: 'client_secret_basic', secret: { file: '/run/secrets/billing' } },
      { method: 'client_secret_basic', secret: { file: 'run/secrets/billing' } },
    ],
    [
      'a path upwards',
      { method: 'client_secret_jwt', secret: { file: '../../secret' }, algorithm: 'HS512' },
      { method: 'client_secret_jwt', secret: { file: 'secret' }, algorithm: 'HS512' },
    ],
    [
      'a variable',
      { method: 'client_secret_post', secret: { env: 'BILLING_SECRET' } },
      { method: 'client_secret_post', secret: { env: 'BILLING_SECRET' } },
    ],
    [
      'a key with a certificate',
      { method: 'private_key_jwt', key: { file: 'key.pem' }, certificate: { file: '/etc/cert.pem' } },
      { method: 'private_key_jwt', key: { file: 'key.pem' } },
    ],
    ['an assertion', { method: 'jwt_file', file: '/var/run/token' }, { method: 'jwt_file', file: 'var/run/token' }],
    ['a token file', { method: 'token_file', file: '/var/run/t' }, { method: 'token_file', file: 'tokens/billing' }],
    ['a token of the environment', { method: 'token_env', env: 'T' }, { method: 'token_file', file: 'tokens/billing' }],
    ['a program', { method: 'token_command', command: ['x'] }, { method: 'token_file', file: 'tokens/billing' }],
    ['GitHub', { method: 'github_actions' }, { method: 'token_file', file: 'tokens/billing' }],
  ])('has a credential of its own for %s', async (_, auth, expected) => {
    const stand = await standIn(fileOf({ prod: elsewhere }, { auth }))
    expect(stand?.auth).toEqual({ billing: expected })
  })

  it('signs the certificates of an issuer that asks for them itself', async () => {
    const auth = {
      method: 'tls_client_auth',
      certificate: { file: '/etc/tls.crt' },
      key: { file: '/etc/tls.key' },
    } as const
    const stand = await standIn(fileOf({ prod: { ...elsewhere, ca: '/etc/ca.pem' } }, { auth }))
    expect(stand?.issuers['prod']).toMatchObject({ ca: 'authority.pem' })
    expect(stand?.auth['billing']).toEqual({
      ...auth,
      certificate: { file: 'etc/tls.crt' },
      key: { file: 'etc/tls.key' },
    })
  })

  it('leaves an issuer on loopback where it is, and says whose credential has no place', async () => {
    const auth = { method: 'client_secret_basic', secret: { file: nowhere } } as const
    const stand = await standIn(place.file({ auth }, { name: 'reporting' }))
    expect(stand?.issuers['main']?.url).toBe(place.issuer)
    expect(stand?.auth['billing']).toMatchObject({ secret: { file: 'nonexistent/federate/secret' } })
    expect(stand?.auth['reporting']).toMatchObject({ secret: { file: 'secrets/reporting' } })
    expect(stand?.told[0]).toBe('The credential of billing has no place on this host.')
  })
})
