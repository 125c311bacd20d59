/**
 * An API for one's own services. The claims `environment` and `tenant_id` come from federate.yaml by way of Keycloak; the
 * policy on them is below, and the handler knows their types. ISSUER and PORT come from the environment.
 */
import { isText, requireClaim, requireRole, requireToken } from '@federate/verify/fastify'
import fastify from 'fastify'

const { ISSUER = '', PORT = '8080' } = process.env
const guard = requireToken(
  { issuer: ISSUER, audience: 'api://orders' },
  requireRole('writer', { client: 'api://orders' }),
  requireClaim('environment', 'production'),
  requireClaim('tenant_id', isText),
)

const app = fastify()
app.addHook('onRequest', guard)
app.get('/tenant', async (request) => {
  const { clientId, claims } = guard.token(request)
  return { service: clientId, tenant: claims.tenant_id.replace(/^tenant-/, '') }
})
await app.listen({ port: Number(PORT), host: '127.0.0.1' })
console.log('listening', app.server.address())
