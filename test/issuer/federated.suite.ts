import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jwtFile } from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { decodeJwt, generateKeyPair } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import type { Subject } from './suite.ts'
import { billing, workloads, workloadsOnce } from './tested-realm.ts'
import { type AssertionOptions, accessTokenOf, askToken, asserted, basic, type WireAnswer } from './wire.ts'

const unknown = {
  status: 401,
  body: { error: 'invalid_client', error_description: 'Invalid client or Invalid client credentials' },
}
const mismatch = 'client_id parameter does not match authenticated client'

function refused(description: string): object {
  return { status: 400, body: { error: 'invalid_client', error_description: description } }
}

export function federatedSuite(subject: () => Subject): void {
  const now = () => Math.floor(Date.now() / 1000)
  const good = { iss: workloads, sub: 'system:billing' }
  const assertion = (options: AssertionOptions = {}, key = subject().realm.workloads) =>
    asserted(subject().issuer, key, { ...options, claims: { ...good, ...options.claims } })
  const ask = async (parameters: Record<string, string>, clientId = 'federated'): Promise<WireAnswer> =>
    askToken(subject().issuer, { client_id: clientId, ...parameters })

  describe('an assertion of a trusted issuer', () => {
    const folder = mkdtempSync(join(tmpdir(), 'federate-federated-'))
    afterAll(() => rm(folder, { recursive: true }))

    it('is accepted from a file, by @federate/keycloak', async () => {
      const file = join(folder, 'assertion')
      await writeFile(file, (await assertion())['client_assertion'] ?? '')
      const source = keycloak({ issuer: subject().issuer, clientId: 'federated', auth: jwtFile({ file }) })
      const token = await source.getToken({ audience: 'api://orders' })
      expect(token.claims).toMatchObject({ azp: 'federated', aud: 'api://orders' })
      const other = await assertion({ claims: { sub: 'system:other' } })
      await writeFile(file, other['client_assertion'] ?? '')
      await expect(source.getToken({ forceRefresh: true })).rejects.toMatchObject({ code: 'ISSUER_REFUSED_CLIENT' })
    })

    it('finds its client without a client_id', async () => {
      const answer = await askToken(subject().issuer, await assertion())
      expect(decodeJwt(accessTokenOf(answer))).toMatchObject({ azp: 'federated' })
    })

    it('is accepted as often as it is shown, unless it is for one use', async () => {
      const often = await assertion()
      expect([(await ask(often)).status, (await ask(often)).status]).toEqual([200, 200])
      const once = await assertion({ claims: { iss: workloadsOnce } })
      expect((await ask(once, 'federated-once')).status).toBe(200)
      expect(await ask(once, 'federated-once')).toMatchObject(refused('Token reuse detected'))
      const nameless = await assertion({ claims: { iss: workloadsOnce, jti: undefined } })
      expect(await ask(nameless, 'federated-once')).toMatchObject(refused('Token jti claim is required'))
    })

    const accepted: [string, () => Record<string, unknown>][] = [
      ['without a jti', () => ({ jti: undefined })],
      ['with a list of one audience', () => ({ aud: [subject().issuer] })],
      ['issued four minutes ago', () => ({ iat: now() - 240 })],
      ['that lives long', () => ({ exp: now() + 86_400 })],
      ['without iat that lives four minutes', () => ({ iat: undefined, exp: now() + 240 })],
    ]
    it.each(accepted)('%s is accepted', async (_name, claims) => {
      expect((await ask(await assertion({ claims: claims() }))).status).toBe(200)
    })

    const wrong: [string, () => Record<string, unknown>, string][] = [
      ['for another client', () => ({ sub: 'system:reporting' }), mismatch],
      ['of another trusted issuer', () => ({ iss: workloadsOnce }), mismatch],
      [
        'for the token endpoint',
        () => ({ aud: `${subject().issuer}/protocol/openid-connect/token` }),
        'Invalid token audience',
      ],
      ['for nobody', () => ({ aud: undefined }), 'Invalid token audience'],
      ['for two audiences', () => ({ aud: [subject().issuer, 'x'] }), 'Multiple audiences not allowed'],
      ['that expired', () => ({ exp: now() - 5, iat: now() - 30 }), 'Token is not active'],
      ['not valid yet, by a little', () => ({ nbf: now() + 8 }), 'Token is not active'],
      ['without exp', () => ({ exp: undefined }), 'Token exp claim is required'],
      ['issued a little in the future', () => ({ iat: now() + 8 }), 'Token was issued in the future'],
      ['issued long ago', () => ({ iat: now() - 320 }), 'Token was issued too far in the past to be used now'],
      [
        'without iat that lives too long',
        () => ({ iat: undefined, exp: now() + 320 }),
        'Token expiration is too far in the future and iat claim not present in token',
      ],
    ]
    it.each(wrong)('%s is refused', async (_name, claims, description) => {
      expect(await ask(await assertion({ claims: claims() }))).toMatchObject(refused(description))
    })

    it.each([
      ['of an unknown subject', { sub: 'system:other' }],
      ['without a subject', { sub: undefined }],
      ['of an unknown issuer', { iss: 'https://nobody.example' }],
      ['without an issuer', { iss: undefined }],
      ['that names the client as its issuer', { iss: 'federated', sub: 'federated' }],
    ])('%s is refused as an unknown client', async (_name, claims) => {
      expect(await ask(await assertion({ claims }))).toMatchObject(unknown)
    })

    it('is refused by another key and under another kid', async () => {
      const { privateKey } = await generateKeyPair('RS256')
      expect(await ask(await assertion({}, privateKey))).toMatchObject(unknown)
      expect(await ask(await assertion({ keyId: 'another' }))).toMatchObject(unknown)
    })

    it('proves no client that has a secret, and takes nothing from its secret', async () => {
      const parameters = await assertion()
      expect(await ask(parameters, 'billing')).toMatchObject({ status: 401, body: { error: 'unauthorized_client' } })
      const both = await askToken(subject().issuer, parameters, basic(billing))
      expect(await ask({ ...parameters, client_secret: billing.secret }, 'billing')).toMatchObject({ status: 200 })
      expect(decodeJwt(accessTokenOf(both))).toMatchObject({ azp: 'billing' })
    })

    it.each([
      ['nothing', {}],
      ['a secret', { client_secret: 'x' }],
      ['no assertion', { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }],
      ['another type of assertion', { client_assertion_type: 'x', client_assertion: 'a.b.c' }],
      [
        'what is no JWT',
        {
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: 'x',
        },
      ],
    ])('is missed where there is %s', async (_name, parameters) => {
      expect(await ask(parameters)).toMatchObject(unknown)
    })
  })
}
