import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { privateKeyJwt, type ServiceWish } from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { billing, fields, type TrustWorld } from './trust-world.ts'

/** How services prove themselves, and how their secrets reach them. */
export function credentialSuite(world: TrustWorld): void {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwks = JSON.stringify({
    keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }],
  })
  const published = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(jwks)
  })
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'federate-keys-'))
    await writeFile(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    await once(published.listen(0, '127.0.0.1'), 'listening')
  })
  afterAll(async () => {
    published.close()
    await rm(folder, { recursive: true })
  })
  const jwksUri = () => {
    const address = published.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/jwks`
  }
  const auth: ServiceWish['auth'] = { method: 'private_key_jwt', key: { file: 'key.pem' }, keyId: 'one' }
  const subjectByKey = async () => {
    const signed = privateKeyJwt({ file: join(folder, 'key.pem'), keyId: 'one' })
    const source = keycloak({ issuer: world.server.issuer(world.realm), clientId: 'billing', auth: signed })
    return (await source.getToken({ audience: 'sts.amazonaws.com' })).claims?.['sub']
  }

  describe('secrets', () => {
    it('are delivered once, taken where they were given, and made anew on demand', async () => {
      const services = [billing, { name: 'payroll' }]
      world.store.before.set('billing', 'given-by-hand')
      await world.setup({ services })
      expect([...world.store.secrets.keys()]).toEqual(['payroll'])
      const first = world.store.secrets.get('payroll')
      world.store.secrets.set('billing', 'given-by-hand')
      expect(await world.claimsOf('sts.amazonaws.com')).toMatchObject({ sub: 'service-account-billing' })
      const rotating = await world.plan({ services, rotate: ['payroll'] })
      expect(fields(rotating)).toEqual(['secret'])
      expect(JSON.stringify(rotating.work.map(({ step }) => step))).not.toContain(first)
      await world.apply(rotating)
      expect(world.store.secrets.get('payroll')).not.toBe(first)
      expect(await world.claimsOf('sts.amazonaws.com', 'payroll')).toMatchObject({ sub: 'service-account-payroll' })
      expect(world.actions(await world.plan({ services }))).toEqual([])
    })
  })

  describe('a service without a secret', () => {
    it('signs with a key whose public half is uploaded', async () => {
      world.store.keys = jwks
      const services = [{ ...billing, auth }]
      await world.setup({ services })
      expect(await subjectByKey()).toBe('service-account-billing')
      expect(world.actions(await world.plan({ services }))).toEqual([])
    })

    it('signs with a key that it publishes itself, and can go over to that and back', async () => {
      world.store.keys = jwks
      const uploaded = [{ ...billing, auth }]
      const own = [{ ...billing, auth, registration: { jwksUri: jwksUri() } }]
      await world.setup({ services: uploaded })
      await world.setup({ services: own })
      expect(world.actions(await world.plan({ services: own }))).toEqual([])
      const { attributes } = (await world.list('/clients?clientId=billing'))[0] ?? {}
      expect(attributes).toMatchObject({ 'use.jwks.url': 'true', 'jwks.url': jwksUri() })
      expect(attributes).not.toHaveProperty('use.jwks.string')
      expect(await subjectByKey()).toBe('service-account-billing')
      await world.setup({ services: uploaded })
      expect(await subjectByKey()).toBe('service-account-billing')
      expect(world.actions(await world.plan({ services: uploaded }))).toEqual([])
    })

    it('shows a certificate of the subject that is registered', async () => {
      const file = { file: '/run/tls' }
      const certificate: Partial<ServiceWish> = {
        ...billing,
        auth: { method: 'tls_client_auth', certificate: file, key: file },
        registration: { certificateSubject: 'CN=billing,O=Acme' },
      }
      const services = [certificate]
      await world.setup({ services })
      expect(world.actions(await world.plan({ services }))).toEqual([])
      expect((await world.list('/clients?clientId=billing'))[0]).toMatchObject({
        clientAuthenticatorType: 'client-x509',
        attributes: { 'x509.subjectdn': 'CN=billing,O=Acme', 'x509.allow.regex.pattern.comparison': 'false' },
      })
      expect(world.store.secrets.size).toBe(0)
    })
  })
}
