import { generateKeyPairSync } from 'node:crypto'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { clientSecret } from '../authentication/client-secret.ts'
import { privateKeyJwt } from '../authentication/private-key-jwt.ts'
import { fakeFetch, formOf } from '../test-support.ts'
import { audienceParameters } from './audience.ts'
import { type ClientCredentialsOptions, clientCredentials } from './client-credentials.ts'

/** What an issuer is sent, and what was said on the way. */
async function sent(
  issuer: string,
  tokenEndpoint: string,
  options: Omit<ClientCredentialsOptions, 'issuer' | 'fetch' | 'clientId'>,
  audience = 'https://api.example.com/',
) {
  const warnings: string[] = []
  const { fetch, calls } = fakeFetch(({ init }) => {
    const token = { access_token: 'opaque', token_type: 'Bearer', expires_in: 3600 }
    return { body: init.method === 'GET' ? { issuer, token_endpoint: tokenEndpoint } : token }
  })
  const warn = (message: string) => warnings.push(message)
  const source = clientCredentials({ issuer, clientId: 'billing', fetch, warn, ...options })
  await source.getToken({ audience })
  return { form: formOf(calls.at(-1)), headers: calls.at(-1)?.init.headers, warnings }
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

describe('issuers that are not Keycloak', () => {
  it('Auth0 is asked by `audience`, with further parameters (auth0.com/docs, "Client Credentials Flow")', async () => {
    const { form, warnings } = await sent('https://acme.eu.auth0.com/', 'https://acme.eu.auth0.com/oauth/token', {
      auth: clientSecret({ value: 'hunter2', method: 'client_secret_post' }),
      audience: audienceParameters('audience'),
      parameters: { organization: 'org_1' },
    })
    expect(form).toEqual({
      grant_type: 'client_credentials',
      client_id: 'billing',
      client_secret: 'hunter2',
      audience: 'https://api.example.com/',
      organization: 'org_1',
    })
    expect(warnings).toEqual([])
  })

  it('Okta wants its token endpoint in the assertion, and scopes (developer.okta.com, "Build a JWT for client authentication")', async () => {
    const endpoint = 'https://acme.okta.com/oauth2/default/v1/token'
    const { form } = await sent('https://acme.okta.com/oauth2/default', endpoint, {
      auth: privateKeyJwt({ pem, keyId: 'k1', audience: 'token_endpoint' }),
      scope: ['orders.read'],
    })
    expect(form['scope']).toBe('orders.read')
    expect(decodeJwt(form['client_assertion'] ?? '')).toMatchObject({ iss: 'billing', sub: 'billing', aud: endpoint })
  })

  it('Microsoft Entra is asked by the scope <application>/.default (learn.microsoft.com, "client credentials flow")', async () => {
    const tenant = 'https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111'
    const { form } = await sent(
      `${tenant}/v2.0`,
      `${tenant}/oauth2/v2.0/token`,
      { auth: clientSecret({ value: 'hunter2', method: 'client_secret_post' }), audience: audienceParameters('scope') },
      'api://orders/.default',
    )
    expect(form['scope']).toBe('api://orders/.default')
  })

  it('RFC 8707: asked by `resource`', async () => {
    const { form, headers } = await sent('https://i.example.com', 'https://i.example.com/token', {
      auth: clientSecret({ value: 'hunter2' }),
      audience: audienceParameters('resource'),
    })
    expect(form).toEqual({ grant_type: 'client_credentials', resource: 'https://api.example.com/' })
    expect(headers?.['authorization']).toMatch(/^Basic /)
  })

  it('says once that the token endpoint is on another host', async () => {
    const { warnings } = await sent('https://i.example.com', 'https://tokens.example.net/token', {
      auth: clientSecret({ value: 'hunter2' }),
    })
    expect(warnings).toEqual([
      'The issuer https://i.example.com names a token endpoint on another host, tokens.example.net: the proof of the client "billing" goes there.',
    ])
  })
})
