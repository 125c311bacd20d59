import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clientAuthentication, clientSecret, nodeFetch, readJwt } from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { awsTarget, makeTestFile, type TestFile } from './federate-file.test-kit.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts'

let place: TestFile
const running: Sandbox[] = []
beforeEach(async () => {
  place = await makeTestFile()
})
afterEach(async () => {
  for (const sandbox of running.splice(0)) await sandbox.close()
  await place.remove()
})

async function start(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox({ environment: {}, ...options })
  running.push(sandbox)
  return sandbox
}

const account = '210987654321'

describe('startSandbox', () => {
  it('serves the issuer where its URL says, with the credentials it made', async () => {
    await start({ file: place.file({ targets: [awsTarget('billing', account)] }) })
    const auth = clientSecret({ file: 'secrets/billing', baseDirectory: place.folder })
    const source = keycloak({ issuer: place.issuer, clientId: 'billing', auth })
    const token = await source.getToken({ audience: 'sts.amazonaws.com' })
    expect(token.claims).toMatchObject({ iss: place.issuer, sub: 'service-account-billing', aud: 'sts.amazonaws.com' })
    expect((await source.getToken({ audience: 'api://orders' })).claims).toMatchObject({ azp: 'billing' })
  })

  it('puts roles into tokens where Keycloak does', async () => {
    const file = place.file({
      roles: { orders: ['reader'] },
      realmRoles: ['auditor'],
      clientRoles: { stock: ['count'] },
    })
    await start({
      file: { ...file, apis: [{ name: 'orders', audience: 'api://orders', roles: ['reader', 'writer'] }] },
    })
    const auth = clientSecret({ file: 'secrets/billing', baseDirectory: place.folder })
    const source = keycloak({ issuer: place.issuer, clientId: 'billing', auth })
    const everywhere = { realm_access: { roles: ['auditor'] } }
    const { claims } = await source.getToken({ audience: 'api://orders' })
    expect(claims).toMatchObject({
      ...everywhere,
      resource_access: { stock: { roles: ['count'] }, 'api://orders': { roles: ['reader'] } },
    })
    const plain = await source.getToken()
    expect(plain.claims).toMatchObject(everywhere)
    expect(plain.claims?.['resource_access']).toEqual({ stock: { roles: ['count'] } })
  })

  it('points SDKs at its AWS, as administrator of the first account', async () => {
    const { env, aws } = await start({ file: place.file({ targets: [awsTarget('billing', account)] }) })
    const { accessKeyId, secretAccessKey } = aws.adminCredentials(account)
    expect(env).toMatchObject({
      AWS_ENDPOINT_URL_IAM: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      AWS_ENDPOINT_URL_STS: env['AWS_ENDPOINT_URL_IAM'],
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
    })
  })

  it('leaves the issuer alone when it is served elsewhere', async () => {
    const sandbox = await start({ file: place.file({}), issuers: false })
    expect(sandbox.issuer.realm(place.issuer)).toBeUndefined()
    await expect(fetch(place.issuer)).rejects.toThrow()
    await expect(readFile(join(place.folder, 'secrets', 'billing'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('writes tokens for services that read theirs from a file', async () => {
    const auth = { method: 'token_file', file: 'tokens/billing' } as const
    const subject = 'system:serviceaccount:acme:billing'
    await start({ file: place.file({ auth, subject, targets: [awsTarget('billing', account)] }) })
    const { claims } = readJwt(await readFile(join(place.folder, 'tokens', 'billing'), 'utf8'))
    expect(claims).toMatchObject({ iss: place.issuer, aud: 'sts.amazonaws.com', sub: subject })
  })

  it('takes certificates that it made, at the addresses that its issuer names for them', async () => {
    const key = { key: { file: 'b.key' }, passphrase: { file: 'phrase' } }
    const auth = { method: 'tls_client_auth', certificate: { file: 'b.pem' }, ...key } as const
    const issuer = { url: place.issuer, kind: 'keycloak', ca: 'ca.pem' } as const
    await start({ file: place.file({ auth, issuer, targets: [awsTarget('billing', account)] }) })
    const source = keycloak({
      issuer: place.issuer,
      clientId: 'billing',
      auth: clientAuthentication(auth, { baseDirectory: place.folder }),
      fetch: nodeFetch({ ca: { file: join(place.folder, 'ca.pem') } }),
    })
    const token = await source.getToken({ audience: 'sts.amazonaws.com' })
    expect(token.claims).toMatchObject({ iss: place.issuer, sub: 'service-account-billing' })
    expect(await source.revoke()).toMatchObject([{ kind: 'access_token' }])
  })

  it('signs for services whose assertion another system writes', async () => {
    const auth = { method: 'jwt_file', file: 'tokens/assertion' } as const
    await start({ file: place.file({ auth }) })
    const source = keycloak({
      issuer: place.issuer,
      clientId: 'billing',
      auth: clientAuthentication(auth, { baseDirectory: place.folder }),
    })
    expect((await source.getToken({ audience: 'api://orders' })).claims).toMatchObject({ azp: 'billing' })
    const { claims } = readJwt(await readFile(join(place.folder, 'tokens', 'assertion'), 'utf8'))
    expect(claims).toMatchObject({ sub: 'workload:billing', aud: place.issuer, exp: Number(claims['iat']) + 300 })
  })

  it('refuses a port that is taken, and leaves nothing running', async () => {
    await start({ file: place.file({}) })
    await expect(start({ file: place.file({}) })).rejects.toMatchObject({
      code: 'SANDBOX_PORT_TAKEN',
      problem: expect.stringContaining(new URL(place.issuer).host),
    })
  })

  it('refuses an issuer that is not on this machine', async () => {
    const file = place.file({})
    const issuers = { prod: { url: 'https://keycloak.example.com/realms/prod', kind: 'keycloak' } } as const
    await expect(start({ file: { ...file, issuers } })).rejects.toMatchObject({ code: 'SANDBOX_ISSUER_URL' })
  })

  it('refuses two base URLs on one port', async () => {
    const file = place.file({})
    const old = place.issuer.replace('/realms/acme', '/auth/realms/acme')
    const issuers = { ...file.issuers, old: { url: old, kind: 'keycloak' } } as const
    await expect(start({ file: { ...file, issuers } })).rejects.toMatchObject({
      code: 'SANDBOX_ISSUER_URL',
      problem: expect.stringContaining('/auth'),
    })
  })

  it('frees its ports when it is closed', async () => {
    const sandbox = await start({ file: place.file({}) })
    await sandbox.close()
    await expect(fetch(place.issuer)).rejects.toThrow()
    await start({ file: place.file({}) })
  })
})
