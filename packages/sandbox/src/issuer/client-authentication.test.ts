import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authenticateClient } from './client-authentication.ts'
import { Faults } from './faults.ts'
import { RealmKeys } from './keys.ts'
import { Refusal } from './message.ts'
import type { ClientDefinition } from './realm.ts'
import type { RunningRealm } from './running-realm.ts'
import { Sessions } from './sessions.ts'

const issuer = 'http://127.0.0.1:8180/realms/acme'
const keys = await RealmKeys.generate('acme', new Date('2026-11-20T12:00:00Z'))

function realmOf(...clients: ClientDefinition[]): RunningRealm {
  return {
    definition: { name: 'acme', clients, scopes: [] },
    issuer,
    tokenEndpoint: `${issuer}/protocol/openid-connect/token`,
    keys,
    faults: new Faults(),
    sessions: new Sessions(),
    usedAssertions: new Map(),
    seconds: () => 1_795_000_000,
  }
}

function client(clientId: string, secret: string): ClientDefinition {
  return { clientId, secret, defaultScopes: [], optionalScopes: [], claims: {}, accessTokenLifespan: 300 }
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

const billing = client('billing', 'only-for-tests')
const text = fc.string({ minLength: 1, unit: 'grapheme' })

describe('authenticateClient', () => {
  it('finds any client by its id and secret, in the header and in the body', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (clientId, secret) => {
        const realm = realmOf(client(clientId, secret))
        const pair = Buffer.from(`${formEncoded(clientId)}:${formEncoded(secret)}`).toString('base64')
        const body = new URLSearchParams({ client_id: clientId, client_secret: secret })
        const byHeader = await authenticateClient(realm, { authorization: `Basic ${pair}` }, new URLSearchParams())
        const byBody = await authenticateClient(realm, {}, body)
        expect([byHeader.clientId, byBody.clientId]).toEqual([clientId, clientId])
      }),
    )
  })

  it('refuses every other header and assertion, and never fails otherwise', async () => {
    const headers = fc.oneof(
      text,
      text.map((value) => `Basic ${Buffer.from(value).toString('base64')}`),
    )
    await fc.assert(
      fc.asyncProperty(headers, text, async (header, assertion) => {
        const form = new URLSearchParams({
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        })
        const signed = { ...billing, clientId: 'signed', jwks: { keys: [] } }
        await expect(authenticateClient(realmOf(billing), { authorization: header }, form)).rejects.toBeInstanceOf(
          Refusal,
        )
        form.set('client_id', 'signed')
        await expect(authenticateClient(realmOf(signed), {}, form)).rejects.toBeInstanceOf(Refusal)
      }),
    )
  })

  it('refuses a client without any credential', async () => {
    const { secret: _secret, ...bare } = billing
    const form = new URLSearchParams({ client_id: 'billing', client_secret: '' })
    await expect(authenticateClient(realmOf(bare), {}, form)).rejects.toMatchObject({
      status: 401,
      error: 'unauthorized_client',
    })
  })

  it('refuses a header that is not form-encoded as Keycloak does', async () => {
    const header = `Basic ${Buffer.from('billing:50%').toString('base64')}`
    await expect(
      authenticateClient(realmOf(billing), { authorization: header }, new URLSearchParams()),
    ).rejects.toMatchObject({
      status: 400,
      error: 'unauthorized_client',
      message: 'Unexpected error when authenticating client',
    })
  })
})
