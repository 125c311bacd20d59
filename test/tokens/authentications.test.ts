import { sign } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  audienceParameters,
  type ClientAuthentication,
  clientAuthentication,
  clientCredentials,
  clientSecret,
  clientSecretJwt,
  customAuthentication,
  FederateError,
  jwtFile,
  nodeFetch,
  privateKeyJwt,
  type ServiceWish,
  type Token,
  tlsClientAuth,
  tokenCommand,
  tokenEnvironment,
  tokenFile,
} from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestAuthority } from '../../packages/core/src/authentication/certificates.test-kit.ts'
import { certificateSuite } from '../issuer/certificate.suite.ts'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { ownKeycloak } from '../keycloak/borrow.ts'
import { firstStart, type RunningKeycloak } from '../keycloak/server.ts'
import { TrustWorld } from '../keycloak/trust-world.ts'
import { Matrix } from './matrix.ts'
import { addClients, addFederatedClient, keyOf, privateJwks, realm, realmName, secret } from './realm.ts'

const folder = mkdtempSync(join(tmpdir(), 'federate-authentications-'))
const authority = new TestAuthority(folder)
const serverPair = authority.issue('localhost', 'DNS:localhost,IP:127.0.0.1')
const clientPair = authority.issue('certified')
const ca = { pem: authority.certificate }
const matrix = new Matrix()
const workloads = 'https://workloads.example'

afterAll(async () => {
  matrix.print('authentication')
  await rm(folder, { recursive: true })
})

const pem = (name: string) => keyOf(name).export({ type: 'pkcs8', format: 'pem' }).toString()
const encrypted = keyOf('rsa')
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'opens it' })
  .toString()

const signatures: [algorithm: string, key: string][] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((algorithm): [string, string] => [algorithm, 'rsa']),
  ['ES256', 'p256'],
  ['ES384', 'p384'],
  ['ES512', 'p521'],
  ['EdDSA', 'ed25519'],
]

const accepted: [row: string, clientId: string, auth: () => ClientAuthentication][] = [
  ['client_secret_basic', 'secret', () => clientSecret({ value: secret })],
  ['client_secret_post', 'secret', () => clientSecret({ value: secret, method: 'client_secret_post' })],
  ...['HS256', 'HS384', 'HS512'].map((algorithm): [string, string, () => ClientAuthentication] => [
    `client_secret_jwt ${algorithm}`,
    `secret-${algorithm}`,
    () => clientSecretJwt({ value: secret, algorithm }),
  ]),
  ...signatures.map(([algorithm, key]): [string, string, () => ClientAuthentication] => [
    `private_key_jwt ${algorithm}`,
    'signed',
    () => privateKeyJwt({ pem: pem(key), algorithm, keyId: key }),
  ]),
  [
    'private_key_jwt, for the token endpoint',
    'signed',
    () => privateKeyJwt({ pem: pem('rsa'), keyId: 'rsa', audience: 'token_endpoint' }),
  ],
  ['private_key_jwt, JWKS', 'signed', () => privateKeyJwt({ jwk: privateJwks(), keyId: 'p384' })],
  [
    'private_key_jwt, encrypted PEM',
    'signed',
    () =>
      clientAuthentication(
        { method: 'private_key_jwt', key: { env: 'KEY' }, passphrase: { env: 'PASS' }, keyId: 'rsa' },
        { environment: { KEY: encrypted, PASS: 'opens it' } },
      ),
  ],
  [
    'private_key_jwt, signed by a function',
    'signed',
    () =>
      privateKeyJwt({
        algorithm: 'ES256',
        keyId: 'p256',
        sign: (input) => sign('sha256', input, { key: keyOf('p256'), dsaEncoding: 'ieee-p1363' }),
      }),
  ],
  [
    'tls_client_auth',
    'certified',
    () => tlsClientAuth({ certificate: { file: clientPair.certificateFile }, key: { file: clientPair.keyFile } }),
  ],
  ['a function of one’s own', 'secret', () => customAuthentication(() => ({ parameters: { client_secret: secret } }))],
]

const refused: [row: string, clientId: string, auth: () => ClientAuthentication, code: string][] = [
  [
    'client_secret_jwt, wrong secret',
    'secret-HS256',
    () => clientSecretJwt({ value: 'not it' }),
    'ISSUER_REFUSED_CLIENT',
  ],
  [
    'client_secret_jwt, another algorithm',
    'secret-HS256',
    () => clientSecretJwt({ value: secret, algorithm: 'HS512' }),
    'ISSUER_REFUSED_CLIENT',
  ],
  [
    'private_key_jwt, right key, wrong kid',
    'signed',
    () => privateKeyJwt({ pem: pem('p256'), keyId: 'p384' }),
    'ISSUER_REFUSED_CLIENT',
  ],
  [
    'private_key_jwt, unknown kid',
    'signed',
    () => privateKeyJwt({ pem: pem('p256'), keyId: 'none' }),
    'ISSUER_REFUSED_CLIENT',
  ],
  [
    'private_key_jwt, wrong key type',
    'signed',
    () => privateKeyJwt({ pem: pem('p256'), algorithm: 'RS256' }),
    'KEY_ALGORITHM',
  ],
  [
    'private_key_jwt, wrong passphrase',
    'signed',
    () => privateKeyJwt({ pem: encrypted, passphrase: { value: 'x' } }),
    'KEY_PASSPHRASE',
  ],
  ['tls_client_auth, no certificate', 'certified', () => customAuthentication(() => ({})), 'ISSUER_REFUSED_CLIENT'],
  [
    'tls_client_auth, certificate of another name',
    'certified',
    () => {
      const pair = authority.issue('another')
      return tlsClientAuth({ certificate: { value: pair.certificate }, key: { value: pair.key } })
    },
    'ISSUER_REFUSED_CLIENT',
  ],
  [
    'tls_client_auth, certificate of a stranger',
    'certified',
    () => {
      const pair = authority.stranger().issue('certified')
      return tlsClientAuth({ certificate: { value: pair.certificate }, key: { value: pair.key } })
    },
    'ISSUER_UNREACHABLE',
  ],
]

/** Serves the keys of the system that writes assertions into files. */
async function serveKeys(): Promise<{ url: string; server: Server }> {
  const [key] = privateJwks().keys
  const { n, e, kty } = Object.fromEntries(Object.entries(key ?? {}))
  const jwks = JSON.stringify({ keys: [{ kty, n, e, kid: 'rsa', use: 'sig', alg: 'RS256' }] })
  const server = createServer((_, answer) => answer.setHeader('content-type', 'application/json').end(jwks))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}/jwks`, server }
}

describe.skipIf(!keycloakAvailability().available).each([
  ['26.7.4', true],
  ['26.0.8', false],
] as const)('a real Keycloak %s with its https listener', (version, federated) => {
  let started: RunningKeycloak | undefined
  const closers: (() => void)[] = []
  beforeAll(async () => {
    const tls = {
      certificateFile: serverPair.certificateFile,
      keyFile: serverPair.keyFile,
      clientAuthorityFile: authority.certificateFile,
    }
    started = await ownKeycloak({ version, tls, realms: [realm] })
    await addClients(started.admin)
    if (!federated) return
    const { url, server } = await serveKeys()
    closers.push(() => server.close())
    await addFederatedClient(started.admin, workloads, url)
  }, firstStart)
  afterAll(async () => {
    for (const close of closers) close()
    await started?.close()
  })
  const issuer = () => `${started?.secureUrl}/realms/${realmName}`
  const source = (clientId: string, auth: ClientAuthentication) =>
    keycloak({ issuer: issuer(), clientId, auth, fetch: nodeFetch({ ca }), sleep: async () => {} })

  async function noted(row: string, ask: () => Promise<Token>): Promise<Token> {
    try {
      const token = await ask()
      matrix.note(row, version, `a token, azp ${token.claims?.['azp']}, ${token.header?.['alg']}`)
      return token
    } catch (error) {
      const detail =
        error instanceof FederateError
          ? `${error.code} ${error.details['networkCode'] ?? error.details['error'] ?? ''}`
          : String(error)
      matrix.note(row, version, detail.trim())
      throw error
    }
  }

  certificateSuite(() => ({
    issuer: issuer(),
    secureIssuer: issuer(),
    plainIssuer: `${started?.issuer(realmName)}`,
    authority,
  }))

  it.each(accepted)('accepts %s', async (row, clientId, auth) => {
    const token = await noted(row, () => source(clientId, auth()).getToken())
    expect(token.claims).toMatchObject({ azp: clientId, iss: issuer() })
  })

  it.each(refused)('is not had by %s', async (row, clientId, auth, code) => {
    const asked = noted(row, () => source(clientId, auth()).getToken())
    await expect(asked).rejects.toMatchObject({ code })
  })

  it('accepts the certificate of the subject that a service of federate.yaml is registered with', async () => {
    const { certificateFile, keyFile } = authority.issue('made')
    const files = { certificate: { file: certificateFile }, key: { file: keyFile } }
    const made: Partial<ServiceWish> = {
      ...{ name: 'made', targets: [], auth: { method: 'tls_client_auth', ...files } },
      registration: { certificateSubject: 'CN=made,O=Acme' },
    }
    const apis = [{ name: 'made', audience: 'api://made', roles: [] }]
    if (started === undefined) throw new Error('Keycloak has not started')
    await TrustWorld.at(started, realmName).setup({ apis, services: [made] })
    const ask = () => source('made', tlsClientAuth(files)).getToken({ audience: 'api://made' })
    const token = await noted('tls_client_auth, a client made by setup', ask)
    expect(token.claims).toMatchObject({ azp: 'made', aud: 'api://made', iss: issuer() })
    const other = source(
      'made',
      tlsClientAuth({ certificate: { file: clientPair.certificateFile }, key: { file: clientPair.keyFile } }),
    )
    await expect(other.getToken()).rejects.toMatchObject({ code: 'ISSUER_REFUSED_CLIENT' })
  })

  // Older versions have no such authenticator.
  if (federated)
    it('accepts an assertion that another system wrote to a file', async () => {
      const file = join(folder, 'assertion')
      const write = async (subject: string) => {
        const assertion = new SignJWT({ sub: subject, aud: issuer(), iss: workloads, jti: crypto.randomUUID() })
          .setProtectedHeader({ alg: 'RS256', kid: 'rsa' })
          .setIssuedAt()
          .setExpirationTime('60s')
        await writeFile(file, await assertion.sign(keyOf('rsa')))
      }
      await write('system:serviceaccount:acme:billing')
      const token = await noted('jwt_file', () => source('federated', jwtFile({ file })).getToken())
      expect(token.claims?.['azp']).toBe('federated')
      await write('system:serviceaccount:acme:other')
      const other = noted('jwt_file, of another workload', () => source('federated', jwtFile({ file })).getToken())
      await expect(other).rejects.toMatchObject({ code: 'ISSUER_REFUSED_CLIENT' })
    })

  it('gives tokens that come by a file, a variable and a command', async () => {
    const token = await source('secret', clientSecret({ value: secret })).getToken()
    const file = join(folder, 'token')
    await writeFile(file, `${token.reveal()}\n`)
    const sources = {
      token_file: tokenFile({ file }),
      token_env: tokenEnvironment({ env: 'TOKEN', environment: { TOKEN: token.reveal() } }),
      token_command: tokenCommand({ command: ['cat', file] }),
    }
    for (const [name, given] of Object.entries(sources)) {
      const same = await noted(name, () => given.getToken())
      expect(same.fingerprint).toBe(token.fingerprint)
    }
  })

  it.each(['audience', 'resource', 'none'] as const)('is asked as any OAuth issuer, audience by %s', async (style) => {
    const auth = clientSecret({ value: secret })
    const audience = audienceParameters(style)
    const parameters = { organization: 'acme' }
    const options = { issuer: issuer(), clientId: 'secret', auth, audience, parameters, fetch: nodeFetch({ ca }) }
    const any = clientCredentials(options)
    const token = await noted(`any issuer, audience by ${style}`, () => any.getToken({ audience: 'api://orders' }))
    expect(token.claims?.['azp']).toBe('secret')
  })

  it('is asked by a private authority only where that is given', async () => {
    const auth = clientSecret({ value: secret })
    const without = keycloak({ issuer: issuer(), clientId: 'secret', auth, fetch: nodeFetch() })
    await expect(without.getToken()).rejects.toMatchObject({
      code: 'ISSUER_UNREACHABLE',
      details: { transient: false },
    })
  })

  it('has its refresh tokens used, its sessions ended and its tokens revoked', async () => {
    const tokens = source('refreshing', clientSecret({ value: secret }))
    const first = await tokens.getToken()
    const second = await tokens.getToken({ forceRefresh: true })
    expect(second.fingerprint).not.toBe(first.fingerprint)
    // One session serves both.
    expect(second.claims?.['sid']).toBe(first.claims?.['sid'])
    const results = await tokens.revoke()
    for (const { kind, revoked, detail } of results) matrix.note(`revoke: ${kind}`, version, `${revoked}: ${detail}`)
    expect(results.map(({ kind, revoked }) => [kind, revoked])).toEqual([
      ['refresh_token', true],
      ['access_token', true],
    ])
    expect((await tokens.getToken()).claims?.['sid']).not.toBe(first.claims?.['sid'])
  })

  it('says that tokens for a cloud cannot be revoked', async () => {
    const tokens = source('secret', clientSecret({ value: secret }))
    await tokens.getToken()
    await tokens.getToken({ audience: 'sts.amazonaws.com' })
    const results = await tokens.revoke()
    for (const { revoked, detail } of results) {
      matrix.note(
        `revoke: ${revoked ? 'a plain token' : 'a token for a cloud'}`,
        version,
        `${revoked}: ${detail.replace(/https:\S+/, '…')}`,
      )
    }
    expect(results.map(({ revoked }) => revoked).sort()).toEqual([false, true])
  })
})
