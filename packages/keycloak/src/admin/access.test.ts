import { describe, expect, it } from 'vitest'
import { adminLogin, hasAdminAccess, realmPlace } from './access.ts'

describe('realmPlace', () => {
  it.each([
    ['https://keycloak.example.com/realms/prod', 'https://keycloak.example.com', 'prod'],
    ['https://example.com/auth/realms/My%20Realm', 'https://example.com/auth', 'My Realm'],
    ['http://127.0.0.1:8080/realms/a/realms/b', 'http://127.0.0.1:8080/realms/a', 'b'],
  ])('%s', (issuer, base, realm) => {
    expect(realmPlace(issuer)).toEqual({ base, realm })
  })

  it('takes the address at which Keycloak is administered', () => {
    const place = realmPlace('https://login.example.com/realms/prod', 'https://admin.internal/auth/')
    expect(place).toEqual({ base: 'https://admin.internal/auth', realm: 'prod' })
  })

  it('refuses an issuer that is no realm', () => {
    expect(() => realmPlace('https://example.com')).toThrow(
      'The issuer https://example.com is not the URL of a Keycloak realm',
    )
  })
})

const prod = { base: 'https://keycloak.example.com', realm: 'prod' }

describe('adminLogin', () => {
  it('lets users log in to master and clients to the realm, unless told otherwise', () => {
    const user = { FEDERATE_KEYCLOAK_USERNAME: 'admin', FEDERATE_KEYCLOAK_PASSWORD: 'only-for-tests' }
    const client = { FEDERATE_KEYCLOAK_CLIENT_ID: 'deployer', FEDERATE_KEYCLOAK_CLIENT_SECRET: 'only-for-tests' }
    expect(adminLogin(user, prod)).toMatchObject({ kind: 'password', realm: 'master', username: 'admin' })
    expect(adminLogin(client, prod)).toMatchObject({ kind: 'client', realm: 'prod', clientId: 'deployer' })
    const elsewhere = { ...user, FEDERATE_KEYCLOAK_LOGIN_REALM: 'prod' }
    expect(adminLogin(elsewhere, prod)).toMatchObject({ realm: 'prod' })
  })

  it('never shows the password', () => {
    const login = adminLogin({ FEDERATE_KEYCLOAK_USERNAME: 'a', FEDERATE_KEYCLOAK_PASSWORD: 'only-for-tests' }, prod)
    expect(JSON.stringify(login)).not.toContain('only-for-tests')
  })

  const secrets = ['CLIENT_SECRET', 'CLIENT_SECRET_FILE', 'CLIENT_KEY_FILE'].map((name) => `FEDERATE_KEYCLOAK_${name}`)

  it.each([
    ['', {}],
    ['', { FEDERATE_KEYCLOAK_USERNAME: '', FEDERATE_KEYCLOAK_PASSWORD: '' }],
    ['USERNAME is set, and FEDERATE_KEYCLOAK_PASSWORD is not.', { FEDERATE_KEYCLOAK_USERNAME: 'admin' }],
    ['PASSWORD is set, and FEDERATE_KEYCLOAK_USERNAME is not.', { FEDERATE_KEYCLOAK_PASSWORD: 'canary' }],
    [`CLIENT_ID is set, and none of ${secrets.join(', ')} is.`, { FEDERATE_KEYCLOAK_CLIENT_ID: 'deployer' }],
    [
      'CLIENT_KEY_FILE is set, and FEDERATE_KEYCLOAK_CLIENT_ID is not.',
      { FEDERATE_KEYCLOAK_CLIENT_KEY_FILE: 'canary' },
    ],
  ])('refuses what is not complete, and names the half that is missing: %s', (half, env) => {
    const problem =
      half === ''
        ? 'Nothing says who administers Keycloak.'
        : `Only half is said of who administers Keycloak: FEDERATE_KEYCLOAK_${half}`
    const refused = expect.objectContaining({ code: 'KEYCLOAK_ACCESS_MISSING', problem })
    expect(() => adminLogin(env, prod)).toThrow(refused)
    expect(() => adminLogin(env, prod)).not.toThrow(/sandbox|canary/)
  })

  it('says in the sandbox that there is nothing to administer', () => {
    const env = { FEDERATE_SANDBOX: 'issuers' }
    expect(() => adminLogin(env, { base: 'http://127.0.0.1:8180', realm: 'prod' })).toThrow(
      'There is nothing to set up in it: its realm is made from federate.yaml when it starts',
    )
  })

  it('proves a client by a key where there is one', () => {
    const env = { FEDERATE_KEYCLOAK_CLIENT_ID: 'deployer', FEDERATE_KEYCLOAK_CLIENT_KEY_FILE: 'key.pem' }
    expect(adminLogin(env, prod)).toMatchObject({ auth: { method: 'private_key_jwt' } })
    expect(hasAdminAccess(env)).toBe(true)
    expect(hasAdminAccess({})).toBe(false)
  })
})
