/**
 * One API for tenants that have a realm each: every realm is trusted for its own tokens only, and which tenant calls is
 * told by the issuer, not by anything in the request. REALMS (tenant=issuer, …) and PORT come from the environment.
 */
import { createServer } from 'node:http'
import { requireScope, requireToken } from '@federate/verify/node'

const { REALMS = '', PORT = '8080' } = process.env
const tenants = new Map(
  REALMS.split(',').map((pair): [string, string] => {
    const [tenant = '', issuer = ''] = pair.split('=')
    return [issuer, tenant]
  }),
)
const guard = requireToken(
  { issuers: [...tenants.keys()].map((issuer) => ({ issuer, audience: 'api://orders' })) },
  requireScope('api://orders'),
)

const server = createServer(
  guard((_request, response, { issuer, clientId }) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ tenant: tenants.get(issuer), client: clientId }))
  }),
)
server.listen(Number(PORT), '127.0.0.1', () => console.log('listening', server.address()))
