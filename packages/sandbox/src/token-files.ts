import { dirname, resolve } from 'node:path'
import { type FederateFile, type ServiceWish, writeFileAtomically } from '@federate/core'
import { cloudScopesOf } from '@federate/keycloak'
import { ensureCredentialFolder } from './credential-folder.ts'
import type { RealmControl } from './issuer/realm-control.ts'

export interface TokenFiles {
  close(): void
}

/**
 * Plays what writes tokens into files: Kubernetes, SPIFFE, a CI system. Every service with a token file finds a fresh
 * token for its clouds in it, written anew at half of its life.
 */
export async function keepTokenFiles(
  file: FederateFile,
  realmOf: (issuer: string) => RealmControl | undefined,
  log: (message: string) => void,
): Promise<TokenFiles> {
  const timers: NodeJS.Timeout[] = []
  for (const service of file.services) {
    const control = realmOf(service.issuer.url)
    const client = control?.running.definition.clients.find((one) => one.clientId === service.clientId)
    if (service.auth.method !== 'token_file' || control === undefined || client === undefined) continue
    const path = resolve(dirname(file.path), service.auth.file)
    const scopes = [...client.defaultScopes, ...cloudScopesOf(service).map((scope) => scope.name)]
    const write = async () => {
      const token = await control.signToken(client, scopes, subjectOf(service))
      await writeFileAtomically(path, token, { mode: 0o600 })
    }
    await ensureCredentialFolder(path, dirname(file.path))
    await write()
    log(`Wrote a token for ${service.name} to ${path}.`)
    const renew = () => void write().catch((error: unknown) => log(String(error)))
    timers.push(setInterval(renew, (client.accessTokenLifespan * 1000) / 2))
  }
  return { close: () => timers.forEach((timer) => void clearInterval(timer)) }
}

/** Whoever writes such files has its own names for services; federate.yaml says which. */
function subjectOf(service: ServiceWish): Record<string, unknown> {
  return { sub: service.subject }
}
