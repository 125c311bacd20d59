import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jwtFile } from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, it } from 'vitest'
import { trustIssuer } from './fixture.ts'
import { billing, type TrustWorld } from './trust-world.ts'

/** Clients that prove themselves by assertions of another issuer: Keycloak 26.6 and later. */
export function federatedSuite(world: TrustWorld): void {
  const subject = 'system:serviceaccount:acme:billing'
  const issuer = 'https://kubernetes.example.com'
  const registration = { identityProvider: 'kubernetes', assertionSubject: subject }
  const services = [{ ...billing, auth: { method: 'jwt_file', file: '/run/assertion' } as const, registration }]

  it('a service brings assertions of another issuer, whose identity provider the realm must have', async () => {
    await expect(world.plan({ services })).rejects.toMatchObject({
      code: 'KEYCLOAK_NO_IDENTITY_PROVIDER',
      problem: `The service billing proves itself by assertions of the identity provider kubernetes, which the realm ${world.realm} does not have.`,
    })
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }] }
    await trustIssuer(world.admin, world.realm, { name: 'kubernetes', issuer, jwks })
    await world.setup({ services })
    expect(world.actions(await world.plan({ services }))).toEqual([])
    const folder = await mkdtemp(join(tmpdir(), 'federate-assertion-'))
    try {
      const file = join(folder, 'assertion')
      const own = world.server.issuer(world.realm)
      const assertion = new SignJWT({}).setProtectedHeader({ alg: 'RS256', kid: 'one' }).setIssuer(issuer)
      const timed = assertion.setSubject(subject).setAudience(own).setIssuedAt().setExpirationTime('5m')
      await writeFile(file, await timed.setJti('one').sign(privateKey))
      const source = keycloak({ issuer: own, clientId: 'billing', auth: jwtFile({ file }) })
      const { claims } = await source.getToken({ audience: 'sts.amazonaws.com' })
      expect(claims).toMatchObject({ sub: 'service-account-billing', aud: 'sts.amazonaws.com' })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
}
