import type { RequestListener } from 'node:http'
import { FederateError, type FederateFile, type Now } from '@federate/core'
import type { CertificateAuthority } from './certificate-authority.ts'
import { createIssuer, type Issuer } from './issuer/issuer.ts'
import { nodeHandler } from './issuer/node-handler.ts'
import type { RealmDefinition } from './issuer/realm.ts'
import type { RealmControl } from './issuer/realm-control.ts'
import { type IssuerPlace, issuerPlace } from './issuer-place.ts'
import { type LoopbackServer, type LoopbackTls, serveOnLoopback } from './loopback-server.ts'
import { realmsFrom } from './realms-from.ts'
import type { ServiceCredentials } from './service-credentials.ts'

/** The issuers of federate.yaml, served where their URLs say. */
export interface SandboxIssuers {
  /** The handle of one issuer by its URL; `undefined` for an issuer that is not served. */
  realm(issuerUrl: string): RealmControl | undefined
  close(): Promise<void>
}

/** @throws FederateError `SANDBOX_ISSUER_URL`, `SANDBOX_PORT_TAKEN`, `SANDBOX_REALM_INVALID`. */
export async function serveIssuers(
  file: FederateFile,
  credentials: ServiceCredentials,
  now: Now,
): Promise<SandboxIssuers> {
  const issuers: Issuer[] = []
  const servers: LoopbackServer[] = []
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()))
  }
  try {
    for (const served of servedIssuers(file, credentials)) {
      const { url, host, port } = served.place
      const label = `the issuer at ${url}`
      const secure = served.authority && (await serveSecurely(host, served.authority, label, now))
      if (secure !== undefined) servers.push(secure.server)
      const issuer = await createIssuer({ url, ...secure?.at(url), realms: served.realms, now })
      const handler = nodeHandler(issuer)
      secure?.answerBy(handler)
      servers.push(await serveOnLoopback(handler, { host, port, label }))
      issuers.push(issuer)
    }
  } catch (error) {
    await close()
    throw error
  }
  const controls = new Map(issuers.flatMap((issuer) => issuer.realms).map((realm) => [realm.issuer, realm]))
  return { realm: (issuerUrl) => controls.get(issuerUrl), close }
}

interface SecureServer {
  readonly server: LoopbackServer
  /** Where an issuer with this base URL is reached by it. */
  at(url: string): { secureUrl: string }
  answerBy(handler: RequestListener): void
}

/** Clients with certificates are served on a port of its own, which the issuer must know before it is made. */
async function serveSecurely(
  host: string,
  authority: CertificateAuthority,
  label: string,
  now: Now,
): Promise<SecureServer> {
  const names = [...new Set([host, 'localhost', '127.0.0.1', '::1'])]
  const pair = await authority.issueForServer(names, new Date(now()))
  const tls: LoopbackTls = { ...pair, clientAuthority: authority.pair.certificate }
  let handle: RequestListener = (_, response) => void response.writeHead(503).end()
  const server = await serveOnLoopback((request, response) => handle(request, response), { host, tls, label })
  return {
    server,
    at: (url) => {
      const { hostname, pathname } = new URL(url)
      return { secureUrl: `https://${hostname}:${server.port}${pathname.replace(/\/$/, '')}` }
    },
    answerBy: (handler) => {
      handle = handler
    },
  }
}

interface ServedIssuer {
  readonly place: IssuerPlace
  readonly realms: readonly RealmDefinition[]
  readonly authority: CertificateAuthority | undefined
}

/** Realms of one base URL share a server. */
function servedIssuers(file: FederateFile, credentials: ServiceCredentials): readonly ServedIssuer[] {
  const groups = new Map<string, ServedIssuer>()
  for (const [issuerUrl, realm] of realmsFrom(file, credentials)) {
    const place = issuerPlace(issuerUrl)
    const { realms = [], authority } = groups.get(place.url) ?? {}
    const own = credentials.authorities.get(issuerUrl)
    refuseSeveralAuthorities(place.url, authority, own)
    groups.set(place.url, { place, realms: [...realms, realm], authority: authority ?? own })
  }
  refuseSharedPorts([...groups.keys()])
  return [...groups.values()]
}

function refuseSeveralAuthorities(url: string, ...authorities: readonly (CertificateAuthority | undefined)[]): void {
  const certificates = new Set(authorities.flatMap((authority) => authority?.pair.certificate ?? []))
  if (certificates.size < 2) return
  throw new FederateError({
    code: 'SANDBOX_ISSUER_URL',
    outcome: 'usage',
    problem: `Two issuers of federate.yaml under ${url} have different ca, but the sandbox serves both with one certificate.`,
    next: 'Give both the same ca, or one of them another port.',
  })
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
