// Auth0: a machine-to-machine application; the API is named by the parameter `audience`, its identifier in Auth0.
import { audienceParameters, clientCredentials, clientSecret } from '@federate/core'

const { ISSUER = '', CLIENT_ID = '', AUDIENCE = 'https://orders.example.com/' } = process.env

const tokens = clientCredentials({
  issuer: ISSUER,
  clientId: CLIENT_ID,
  auth: clientSecret({ file: 'secrets/auth0', method: 'client_secret_post' }),
  audience: audienceParameters('audience'),
})

const token = await tokens.getToken({ audience: AUDIENCE })
console.log(`for ${token.claims?.['aud']} until ${token.expiresAt.toISOString()}`)
