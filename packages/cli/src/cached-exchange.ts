import type {
  CallContext,
  Cloud,
  CloudCredentials,
  RuntimeTarget,
  Seconds,
  ServiceFile,
  TokenSource,
} from '@federate/core'
import { type Cached, CredentialCache, credentialFolder } from '@federate/core/cache'
import type { LoadedService } from './service.ts'

export interface ExchangeWish {
  readonly cloud: Cloud
  readonly service: LoadedService
  /** The target's name. */
  readonly target: string
  readonly runtime: RuntimeTarget
  readonly source: TokenSource
  /** Whether the cache may be used at all. */
  readonly cached: boolean
  /** Only credentials obtained after this moment will do. */
  readonly newerThan?: number | undefined
  /** How long a failure is answered without asking: who has a pace of its own asks. Default: as the cache has it. */
  readonly rememberFailures?: Seconds
}

/** Exchanges the service's token, unless this or another process has done so a while ago. */
export async function exchangeThroughCache(
  wish: ExchangeWish,
  context: CallContext,
): Promise<Cached<CloudCredentials>> {
  const { cloud, runtime, source, service, newerThan, rememberFailures } = wish
  const exchange = () => cloud.exchange(runtime, source, context)
  const folder = credentialFolder(context.env)
  const { toRecord, fromRecord } = cloud
  const kept = wish.cached && folder !== undefined && isOfTheFile(service.file)
  if (!kept || toRecord === undefined || fromRecord === undefined) return { credentials: await exchange() }
  const { warn, now, signal } = context
  const subject = subjectOf(wish, context.env)
  const options = { folder, now, warn, ...(rememberFailures === undefined ? {} : { rememberFailures }) }
  return new CredentialCache(options).get({ subject, exchange, toRecord, fromRecord, newerThan, signal })
}

/** Where the environment or a program gives the token, another job may be another service under the same file. */
function isOfTheFile({ auth }: ServiceFile): boolean {
  return !['token_env', 'token_command', 'github_actions'].includes(auth.method)
}

function subjectOf({ cloud, service: { file, directory }, target, runtime }: ExchangeWish, env: CallContext['env']) {
  const { service, issuer, clientId, auth } = file
  const environment = (cloud.environment ?? []).map((name) => [name, env[name] ?? null])
  // As plain JSON: keys that are undefined are none.
  const shape = JSON.parse(JSON.stringify({ issuer, auth, directory, runtime, environment }))
  return { cloud: cloud.name, service, issuer: issuer.url, clientId, target, shape }
}
