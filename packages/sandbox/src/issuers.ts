import { FederateError, type FederateFile, type Now } from '@federate/core'
import { createIssuer, type Issuer } from './issuer/issuer.ts'
import { nodeHandler } from './issuer/node-handler.ts'
import type { RealmDefinition } from './issuer/realm.ts'
import type { RealmControl } from './issuer/realm-control.ts'
import { issuerPlace } from './issuer-place.ts'
import { type LoopbackServer, serveOnLoopback } from './loopback-server.ts'
import { realmsFrom } from './realms-from.ts'
import type { ClientCredential } from './service-credentials.ts'

/** The issuers of federate.yaml, served where their URLs say. */
export interface SandboxIssuers {
  /** The handle of one issuer by its URL; `undefined` for an issuer that is not served. */
  realm(issuerUrl: string): RealmControl | undefined
  close(): Promise<void>
}

/** @throws FederateError `SANDBOX_ISSUER_URL`, `SANDBOX_PORT_TAKEN`, `SANDBOX_REALM_INVALID`. */
export async function serveIssuers(
  file: FederateFile,
  clients: ReadonlyMap<string, ClientCredential>,
  now: Now,
): Promise<SandboxIssuers> {
  const issuers: Issuer[] = []
  const servers: LoopbackServer[] = []
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()))
  }
  try {
    for (const [url, realms] of realmsByUrl(file, clients)) {
      const issuer = await createIssuer({ url, realms, now })
      const { host, port } = issuerPlace(`${url}/realms/any`)
      servers.push(await serveOnLoopback(nodeHandler(issuer), { host, port, label: `the issuer at ${url}` }))
      issuers.push(issuer)
    }
  } catch (error) {
    await close()
    throw error
  }
  const controls = new Map(issuers.flatMap((issuer) => issuer.realms).map((realm) => [realm.issuer, realm]))
  return { realm: (issuerUrl) => controls.get(issuerUrl), close }
}

/** Realms of one base URL share a server. */
function realmsByUrl(
  file: FederateFile,
  clients: ReadonlyMap<string, ClientCredential>,
): ReadonlyMap<string, readonly RealmDefinition[]> {
  const groups = new Map<string, RealmDefinition[]>()
  for (const [issuerUrl, realm] of realmsFrom(file, clients)) {
    const { url } = issuerPlace(issuerUrl)
    groups.set(url, [...(groups.get(url) ?? []), realm])
  }
  refuseSharedPorts([...groups.keys()])
  return groups
}

function refuseSharedPorts(urls: readonly string[]): void {
  const ports = urls.map((url) => issuerPlace(`${url}/realms/any`).port)
  const second = ports.findIndex((port, index) => ports.indexOf(port) < index)
  if (second < 0) return
  const first = ports.indexOf(ports[second] ?? 0)
  throw new FederateError({
    code: 'SANDBOX_ISSUER_URL',
    outcome: 'usage',
    problem: `The sandbox serves one base URL per port, but federate.yaml has issuers under ${urls[first]} and ${urls[second]}.`,
    next: 'Give one of them another port.',
  })
}
