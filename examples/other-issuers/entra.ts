// Microsoft Entra: an application with a certificate, whose thumbprint names the key; the API is named by a scope.
import { audienceParameters, clientCredentials, privateKeyJwt } from '@federate/core'

const { ISSUER = '', CLIENT_ID = '', AUDIENCE = 'api://orders/.default' } = process.env

const tokens = clientCredentials({
  issuer: ISSUER,
  clientId: CLIENT_ID,
  auth: privateKeyJwt({
    file: 'secrets/entra.key',
    certificate: { file: 'secrets/entra.pem' },
    algorithm: 'PS256',
    audience: 'token_endpoint',
  }),
  audience: audienceParameters('scope'),
})

const token = await tokens.getToken({ audience: AUDIENCE })
console.log(`for ${token.claims?.['aud']} until ${token.expiresAt.toISOString()}`)
