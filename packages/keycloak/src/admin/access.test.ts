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

  it.each([[{}], [{ FEDERATE_KEYCLOAK_USERNAME: 'admin' }], [{ FEDERATE_KEYCLOAK_CLIENT_ID: 'deployer' }]])(
    'refuses what is not complete',
    (env) => {
      expect(() => adminLogin(env, prod)).toThrow('Nothing says who administers Keycloak.')
      expect(() => adminLogin(env, prod)).not.toThrow('sandbox')
    },
  )

  it('says of an issuer on loopback that it may be the sandbox', () => {
    expect(() => adminLogin({}, { base: 'http://127.0.0.1:8180', realm: 'prod' })).toThrow(
      'If it is the sandbox at http://127.0.0.1:8180, there is nothing to set up: its realm is made from federate.yaml',
    )
  })

  it('proves a client by a key where there is one', () => {
    const env = { FEDERATE_KEYCLOAK_CLIENT_ID: 'deployer', FEDERATE_KEYCLOAK_CLIENT_KEY_FILE: 'key.pem' }
    expect(adminLogin(env, prod)).toMatchObject({ auth: { method: 'private_key_jwt' } })
    expect(hasAdminAccess(env)).toBe(true)
    expect(hasAdminAccess({})).toBe(false)
  })
})
