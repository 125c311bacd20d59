import { createIssuer, nodeHandler, serveOnLoopback } from '@federate/sandbox'
import { freePort } from '../keycloak/ports.ts'
import { issuerSuite } from './suite.ts'
import type { TestedIssuer, TestedRealm } from './tested-realm.ts'

async function startSandboxIssuer(realm: TestedRealm, basePath: string): Promise<TestedIssuer> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}${basePath}`
  const issuer = await createIssuer({ url, realms: [realm.definition] })
  const server = await serveOnLoopback(nodeHandler(issuer), { port, label: 'the tested issuer' })
  return { url, close: server.close }
}

issuerSuite('the sandbox', (realm) => startSandboxIssuer(realm, ''))
issuerSuite('the sandbox under /auth', (realm) => startSandboxIssuer(realm, '/auth'))
