import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { clientSecret, readJwt } from '@federate/core'
import { requireRole } from '@federate/verify'
import { requireToken } from '@federate/verify/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pythonWith } from '../clients/python-tools.ts'
import { borrowKeycloak } from '../keycloak/borrow.ts'
import type { KeycloakVersion } from '../keycloak/distribution.ts'
import { firstStart } from '../keycloak/server.ts'
import { makeCertificate } from './certificate.ts'
import { paste, readHandover, tokenIn } from './customer.ts'
import { type KeysPlace, startKeysPlace } from './customer-place.ts'
import { repairSuite } from './repair.suite.ts'
import { rotationSuite } from './rotation.suite.ts'

/** What holds of keys at every version of Keycloak, at the root and under /auth. */
export function keysSuite(version: KeycloakVersion): void {
  let started: KeysPlace | undefined
  const servers: Server[] = []
  const place = (): KeysPlace => {
    if (started === undefined) throw new Error('Keycloak has not started')
    return started
  }
  // The one program that needs something installed: what its comment says.
  const python = pythonWith(['pyjwt[crypto]==2.15.1'], 'PyJWT')?.python
  beforeAll(async () => {
    started = await startKeysPlace(await borrowKeycloak(version))
  }, firstStart)
  afterAll(async () => {
    for (const server of servers) server.close()
    await started?.close()
  })

  /** An API of our own that asks for the role reader; gives the status that it answers a token with. */
  const startApi = async ({ introspection = false, now = Date.now } = {}) => {
    const secret = introspection ? await apiSecret() : ''
    const guard = requireToken(
      {
        ...{ issuer: place().issuer, audience: 'api://orders', clockTolerance: 0, now },
        ...(introspection
          ? { introspection: { clientId: 'api://orders', auth: clientSecret({ value: secret }), lifetime: 1 } }
          : {}),
      },
      requireRole('reader', { client: 'api://orders' }),
    )
    const server = createServer(guard((_request, response, { clientId }) => response.end(clientId)))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
    return async (token: string) => {
      // A connection that was kept may end just as the next request goes out on it.
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}`, connection: 'close' } })
      return [answer.status, await answer.text()]
    }
  }

  /** The API's own client asks about tokens; `setup` made it to hold roles, and it has a secret like any other. */
  const apiSecret = async (): Promise<string> => {
    const found = await place().keycloak.admin.get('/acme/clients?clientId=api%3A%2F%2Forders')
    const [client] = Array.isArray(found) ? found : []
    return String(client?.secret)
  }

  const issued = async (line: string) => {
    const { status, stdout, stderr } = await place().federate(`keys issue ${line}`)
    expect([status, status === 0 ? '' : stderr]).toEqual([0, ''])
    return readHandover(stdout)
  }

  describe('a key with a secret', () => {
    it('gets tokens by every program that was printed, pasted as it is, and the API lets them in', async () => {
      const handover = await issued(
        'acme --api orders --role reader --contact ops@acme.example --expires 365d --lifetime 4m',
      )
      const call = await startApi()
      const tokens = [
        tokenIn(await paste('shell', handover, place().folder)),
        await paste('python', handover, place().folder),
        await paste('node', handover, place().folder),
      ]
      for (const token of tokens) expect(await call(token)).toEqual([200, 'acme'])
    })

    it('is a client with the four settings, one scope, one role, and nothing that Keycloak adds by itself', async () => {
      const found = await place().keycloak.admin.get('/acme/clients?clientId=acme')
      expect(found).toMatchObject([
        {
          ...{ publicClient: false, standardFlowEnabled: false, directAccessGrantsEnabled: false },
          ...{ serviceAccountsEnabled: true, implicitFlowEnabled: false, fullScopeAllowed: false },
          ...{ defaultClientScopes: ['basic'], optionalClientScopes: ['api://orders'] },
          attributes: { 'access.token.lifespan': '240', 'federate.key.contact': 'ops@acme.example' },
        },
      ])
    })

    it('stands in the list, and is left alone by setup', async () => {
      const { stdout } = await place().federate('keys list --json')
      expect(JSON.parse(stdout)).toMatchObject([
        { name: 'acme', state: 'active', credential: 'secret', lifetime: 240, grants: { orders: ['reader'] } },
      ])
      expect(stdout).not.toContain('Secret')
      expect((await place().federate('plan keycloak')).status).toBe(0)
    })

    it('goes to a file by wish, which the programs then read', async () => {
      const { status, stdout } = await place().federate(
        'keys issue filed --api orders --role reader --secret-file filed.secret',
      )
      expect(status).toBe(0)
      const secret = (await place().read('filed.secret')).trim()
      expect(secret).toMatch(/^[\w-]{43}$/)
      expect(stdout).not.toContain(secret)
      const handover = readHandover(stdout)
      for (const language of ['python', 'node'] as const)
        expect(await paste(language, handover, place().folder)).toMatch(/^eyJ/)
      expect(tokenIn(await paste('shell', handover, place().folder))).toMatch(/^eyJ/)
      const again = await place().federate('keys issue other --api orders --secret-file filed.secret')
      expect([again.status, again.stderr]).toEqual([64, expect.stringContaining('SECRET_FILE_EXISTS')])
    })

    it('is rotated: the new secret works, and what became of the old one is said', async () => {
      const old = await issued('rotating --api orders --role reader')
      const { status, stdout, stderr } = await place().federate('keys rotate rotating')
      expect([status, stderr]).toEqual([
        0,
        expect.stringContaining('The old secret ended at once: this realm has no client policy'),
      ])
      expect(tokenIn(await paste('shell', readHandover(stdout), place().folder))).toMatch(/^eyJ/)
      expect(JSON.parse(await paste('shell', old, place().folder))).toMatchObject({ error: 'unauthorized_client' })
      const found = await place().keycloak.admin.get('/acme/clients?clientId=rotating')
      expect(found).toMatchObject([{ defaultClientScopes: ['basic'], serviceAccountsEnabled: true }])
    })

    it('is revoked: no token any more, at once refused where the API asks, else until the token ends', async () => {
      const handover = await issued('leaving --api orders --role reader')
      const token = tokenIn(await paste('shell', handover, place().folder))
      let clock = Date.now()
      const [offline, asking] = [await startApi({ now: () => clock }), await startApi({ introspection: true })]
      clock = Date.now()
      expect(await offline(token)).toEqual([200, 'leaving'])
      expect(await asking(token)).toEqual([200, 'leaving'])
      const { status, stdout } = await place().federate('keys revoke leaving')
      expect([status, stdout]).toEqual([
        0,
        expect.stringMatching(
          /revoked leaving: it gets no token from now on\.\n {2}Tokens that it has live until \d{4}-/,
        ),
      ])
      expect(JSON.parse(await paste('shell', handover, place().folder))).toMatchObject({ error: 'invalid_client' })
      await expect.poll(async () => (await asking(token))[0], { timeout: 30_000 }).toBe(401)
      const end = Number(readJwt(token).claims['exp']) * 1000
      clock = end - 1
      expect(await offline(token)).toEqual([200, 'leaving'])
      clock = end
      expect((await offline(token))[0]).toBe(401)
      const twice = (await place().federate('keys revoke leaving')).stdout
      const until = /live until \S+;/
      expect(twice).toMatch(/^leaving was revoked already, at \S+Z\.\n/)
      expect(until.exec(twice)?.[0]).toBe(until.exec(stdout)?.[0])
      const again = await place().federate('keys issue leaving --api orders')
      expect([again.status, again.stderr]).toEqual([
        3,
        expect.stringContaining('There is a key leaving already; it is revoked.'),
      ])
      expect((await place().federate('keys rotate leaving')).stderr).toContain('KEY_REVOKED')
      expect((await place().federate('keys revoke leaving --delete')).status).toBe(0)
      expect((await place().federate('keys issue leaving --api orders')).status).toBe(0)
    })
  })

  describe('a key without a secret', () => {
    const writeKeys = async (kid: string, type: 'ec' | 'rsa' = 'ec') => {
      const { privateKey, publicKey } =
        type === 'ec'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('rsa', { modulusLength: 2048 })
      const alg = type === 'ec' ? 'ES256' : 'RS256'
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      await writeFile(join(place().folder, `${kid}.pem`), pem)
      await place().write(
        `${kid}.json`,
        JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }] }),
      )
      return { use: () => place().write('key.pem', pem), publicKey, privateKey: pem }
    }

    it.each(['ec', 'rsa'] as const)(
      'proves itself by its own %s key, and keeps the old one while it rotates',
      async (type) => {
        const first = await writeKeys(`${type}-1`, type)
        const second = await writeKeys(`${type}-2`, type)
        const before = await issued(`by-${type} --api orders --role reader --jwks ${type}-1.json`)
        expect(before.secret).toBeUndefined()
        const call = await startApi()
        await first.use()
        expect(await call(await paste('node', before, place().folder))).toEqual([200, `by-${type}`])
        const inPython = python && (await paste('python', before, place().folder, python))
        if (inPython !== undefined) expect(await call(inPython)).toEqual([200, `by-${type}`])
        const rotated = await place().federate(`keys rotate by-${type} --jwks ${type}-2.json`)
        expect(rotated.stderr).toContain('The old keys are accepted, too')
        expect(await paste('node', before, place().folder)).toMatch(/^eyJ/)
        await second.use()
        const after = readHandover(rotated.stdout)
        expect(await paste('node', after, place().folder)).toMatch(/^eyJ/)
        await place().federate(`keys rotate by-${type} --jwks ${type}-2.json --drop-old`)
        expect(await paste('node', after, place().folder)).toMatch(/^eyJ/)
        await first.use()
        expect(await paste('node', before, place().folder)).toBe('undefined')
      },
    )

    it('proves itself by the key of a certificate', async () => {
      const { key, certificate } = await makeCertificate(place().folder)
      await place().write('key.pem', key)
      await place().write('customer.crt', certificate)
      const handover = await issued('certified --api orders --role reader --certificate customer.crt')
      expect(await paste('node', handover, place().folder)).toMatch(/^eyJ/)
    })

    it('proves itself by keys that it publishes itself', async () => {
      const { use } = await writeKeys('published')
      await use()
      const keys = await place().read('published.json')
      const server = createServer((_request, response) => {
        response.setHeader('content-type', 'application/json').end(keys)
      })
      servers.push(server)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/jwks.json`
      await issued(`publishing --api orders --role reader --jwks-url ${url}`)
      const { status, stdout } = await place().federate(
        `token --issuer ${place().issuer} --client-id publishing --key-file published.pem --key-id published --for api://orders --raw`,
      )
      expect([status, stdout]).toEqual([0, expect.stringMatching(/^eyJ/)])
      const rotate = await place().federate('keys rotate publishing')
      expect([rotate.status, rotate.stderr]).toEqual([
        64,
        expect.stringContaining('publishes a new key beside the old one'),
      ])
    })
  })

  describe('what is refused', () => {
    it.each([
      ['a key that exists', 'issue acme --api orders', 3, 'KEY_EXISTS', 'There is a key acme already; it is active.'],
      [
        'a client that is no key',
        'issue billing --api orders',
        3,
        'KEY_NAME_TAKEN',
        'has a client billing that is no key',
      ],
      ['to rotate such a client', 'rotate billing', 3, 'KEY_NOT_OURS', 'setup keycloak --rotate-secret billing'],
      [
        'to revoke such a client',
        'revoke billing',
        3,
        'KEY_NOT_OURS',
        'The client billing of the realm acme is no key',
      ],
      [
        'an unknown API',
        'issue globex --api payments',
        64,
        'KEY_API_UNKNOWN',
        'has no API payments; it has: orders, invoices.',
      ],
      [
        'an unknown role',
        'issue globex --api orders --role admin',
        64,
        'KEY_ROLE_UNKNOWN',
        'has no role admin; it has: reader, writer.',
      ],
      ['no API', 'issue globex', 64, 'KEY_WITHOUT_API', 'The key is for no API'],
      [
        'a role of nobody',
        'issue globex --api orders invoices --role reader',
        64,
        'KEY_ROLE_WITHOUT_API',
        '--role reader does not say which API',
      ],
      [
        'an end in the past',
        'issue globex --api orders --expires 2020-01-01',
        64,
        'KEY_EXPIRY_PAST',
        'it is to expire at 2020-01-01T00:00:00.000Z',
      ],
      [
        'an end that is no moment',
        'issue globex --api orders --expires soon',
        64,
        'EXPIRY_INVALID',
        '"soon" is no moment',
      ],
      [
        'a name that needs quoting',
        "issue gl'obex --api orders",
        64,
        'KEY_NAME_INVALID',
        'cannot be the name of a key',
      ],
      ['an unknown key', 'revoke nobody', 64, 'KEY_UNKNOWN', 'There is no key nobody'],
      ['nobody', 'revoke', 64, 'KEY_NOT_NAMED', 'No key was named'],
      [
        'keys for a secret',
        'rotate acme --jwks ec-1.json',
        64,
        'KEY_CREDENTIAL',
        'The customer acme proves itself by a secret',
      ],
    ])('%s', async (_, line, status, code, problem) => {
      const ran = await place().federate(`keys ${line}`)
      expect([ran.status, ran.stdout]).toEqual([status, ''])
      expect(ran.stderr).toContain(`error ${code}`)
      expect(ran.stderr).toContain(problem)
    })

    it('a private key in the customer’s set, and nothing is made', async () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      await place().write('private.json', JSON.stringify({ keys: [privateKey.export({ format: 'jwk' })] }))
      const { status, stderr } = await place().federate('keys issue globex --api orders --jwks private.json')
      expect([status, stderr]).toEqual([64, expect.stringContaining('KEY_JWKS_PRIVATE')])
      expect(await place().keycloak.admin.get('/acme/clients?clientId=globex')).toEqual([])
    })

    it('an administrator without rights, and the role that is missing is named', async () => {
      const admin = place().keycloak.admin
      await admin.create('/acme/clients', {
        ...{ clientId: 'powerless', secret: 'only-for-tests', publicClient: false, serviceAccountsEnabled: true },
      })
      const env = {
        ...{ FEDERATE_KEYCLOAK_USERNAME: undefined, FEDERATE_KEYCLOAK_PASSWORD: undefined },
        ...{ FEDERATE_KEYCLOAK_CLIENT_ID: 'powerless', FEDERATE_KEYCLOAK_CLIENT_SECRET: 'only-for-tests' },
      }
      const { status, stderr } = await place().federate('keys issue globex --api orders', env)
      expect([status, stderr]).toEqual([
        3,
        expect.stringContaining('the role view-clients of the client realm-management'),
      ])
    })

    it('an API that federate.yaml has and the realm has not', async () => {
      const yaml = await place().read('federate.yaml')
      await place().write('more.yaml', `${yaml}  payments: { audience: api://payments, roles: [] }\n`)
      const { status, stderr } = await place().federate('keys issue globex --api payments -c more.yaml')
      expect([status, stderr]).toEqual([3, expect.stringContaining('does not have the client scope api://payments')])
    })

    it('keys of another owner', async () => {
      const yaml = await place().read('federate.yaml')
      await place().write('others.yaml', yaml.replace('acme-platform', 'someone-else'))
      expect((await place().federate('keys revoke acme -c others.yaml')).stderr).toContain('KEY_NOT_OURS')
      expect((await place().federate('keys list -c others.yaml')).stdout).toBe('There are no keys.\n')
    })
  })

  rotationSuite(place)

  it('what has expired is shown, and ended together', async () => {
    await issued('short --api orders --role reader --expires 1s')
    await expect
      .poll(async () => (await place().federate('keys list')).stderr, { timeout: 20_000 })
      .toContain('1 key(s) have expired and still get tokens')
    const { status, stdout } = await place().federate('keys revoke --expired')
    expect([status, stdout]).toEqual([0, expect.stringContaining('revoked short')])
    expect((await place().federate('keys revoke --expired')).stdout).toBe('No key has expired.\n')
  })

  repairSuite(place)
}
