import { dirname, resolve } from 'node:path'
import type { CallContext, FederateFile, Issuer } from '@federate/core'
import { FederateError, nodeFetch } from '@federate/core'
import type { Plan } from '@federate/core/plan'
import type { KeycloakTrust } from '@federate/keycloak/trust'
import { type CredentialOptions, credentialStore, refuseUndeliverable } from './credential-store.ts'
import type { Terminal } from './terminal.ts'

export interface IssuerOptions extends CredentialOptions {
  adminUrl?: string
  rotateSecret?: readonly string[]
}

/** The word for the issuer's side on the command line. */
export const keycloakName = 'keycloak'

/** Whether the environment says who administers Keycloak: without a name on the command line, only then is it touched. */
export async function administersKeycloak(context: CallContext): Promise<boolean> {
  const { hasAdminAccess } = await import('@federate/keycloak/trust')
  return hasAdminAccess(context.env)
}

/** Whether federate.yaml speaks of a Keycloak at all. */
export function usesKeycloak(file: FederateFile): boolean {
  return usedIssuers(file).length > 0
}

/** Opens the realm of every Keycloak issuer that services use. */
export async function openIssuers(
  file: FederateFile,
  options: IssuerOptions,
  context: CallContext,
  { cwd, note }: Pick<Terminal, 'cwd' | 'note'>,
): Promise<KeycloakTrust[]> {
  const { keycloakTrust } = await import('@federate/keycloak/trust')
  const adminUrl = options.adminUrl ?? context.env['FEDERATE_KEYCLOAK_URL']
  const credentials = credentialStore(options, { folder: dirname(file.path), cwd, env: context.env, tell: note })
  const rotate = new Set(options.rotateSecret ?? [])
  const issuers = usedIssuers(file)
  refuseSeveralServers(issuers)
  const opened: KeycloakTrust[] = []
  for (const issuer of issuers) {
    const services = file.services.filter((service) => service.issuer.url === issuer.url)
    const trusting = { ...context, fetch: fetchOf(issuer, dirname(file.path), context) }
    const { owner, apis } = file
    opened.push(
      await keycloakTrust({ owner, issuer, services, apis, adminUrl, rotate, credentials, context: trusting }),
    )
  }
  return opened
}

/** Refuses a plan that makes credentials which could not be delivered. */
export async function refuseUndeliverables(
  plan: Plan,
  file: FederateFile,
  options: IssuerOptions,
  terminal: Terminal,
): Promise<void> {
  const place = { folder: dirname(file.path), cwd: terminal.cwd, env: terminal.env }
  for (const { step } of plan.work) {
    const makes = step.changes.some(({ after }) => after?.kind === 'secret' || after?.kind === 'unknown')
    const service = file.services.find(({ name }) => step.services.includes(name))
    if (!makes || service === undefined || !step.address.startsWith(`${keycloakName}:`)) continue
    // What is there for a client that exists may be what an interrupted run delivered: it is compared then.
    const replace = step.action !== 'create' || options.rotateSecret?.includes(service.name) === true
    await refuseUndeliverable(service, { ...options, replace }, place)
  }
}

/** How an issuer is reached: by its own authority, if it has one. */
export function fetchOf({ ca }: Issuer, folder: string, { fetch, env }: CallContext): CallContext['fetch'] {
  return ca === undefined ? fetch : nodeFetch({ ca: { file: resolve(folder, ca) }, environment: env })
}

function usedIssuers({ services, issuers }: FederateFile): Issuer[] {
  const all = [...services.map(({ issuer }) => issuer), ...Object.values(issuers)]
  const byUrl = new Map(all.filter(({ kind }) => kind === 'keycloak').map((issuer) => [issuer.url, issuer]))
  return [...byUrl.values()]
}

/** One administrator's password must not go to the server of another. */
function refuseSeveralServers(issuers: readonly Issuer[]): void {
  const [first, second] = new Set(issuers.map(({ url }) => url.replace(/\/realms\/[^/]+$/, '')))
  if (first === undefined || second === undefined) return
  throw new FederateError({
    code: 'KEYCLOAK_SEVERAL_SERVERS',
    outcome: 'usage',
    problem: `federate.yaml has issuers on several Keycloak servers, ${first} and ${second}, and there is one administrator.`,
    next: 'Split federate.yaml by server, and name the file with --config.',
  })
}
