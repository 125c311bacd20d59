// Okta: a service application with a public key, at a custom authorization server. Whom the token is for is a setting of that
// server; the service asks for scopes.
import { clientCredentials, privateKeyJwt } from '@federate/core'

const { ISSUER = '', CLIENT_ID = '', KEY_ID = '2026-11' } = process.env

const tokens = clientCredentials({
  issuer: ISSUER,
  clientId: CLIENT_ID,
  auth: privateKeyJwt({ file: 'secrets/okta.pem', keyId: KEY_ID, audience: 'token_endpoint' }),
})

const token = await tokens.getToken({ scope: ['orders.read'] })
console.log(`for ${token.claims?.['aud']} until ${token.expiresAt.toISOString()}`)
