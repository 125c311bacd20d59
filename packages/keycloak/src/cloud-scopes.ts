import type { ServiceWish } from '@federate/core'
import { audienceMapper, type ClientScope, hardcodedClaimMapper, userPropertyMapper } from './protocol-mapper.ts'

/** The scope that makes a service account's token acceptable to one cloud. */
export interface CloudScope extends ClientScope {
  /** The cloud's name, as in federate.yaml's `cloud:`. */
  readonly cloud: string
  /** Of a cloud with sovereign ones: which of them, as in a target's `environment`. Default: the common one. */
  readonly environment?: string
  /** What the cloud looks for in the token. */
  readonly audience: string
}

const awsAudience = 'sts.amazonaws.com'
const gcpAudience = 'sts.googleapis.com'

/**
 * All that differs from cloud to cloud on the issuer's side; clients only have the scopes attached.
 *
 * AWS matches `azp` before `aud` and allows 100 client ids per provider, so the scope puts the audience into both; Google
 * asks for `aud` alone, and its providers of federate allow the one that all of them can share. The
 * subject is the service account's user name: readable, unique, and known before the client exists. Keycloak cannot
 * introspect or revoke a token whose `azp` or `sub` is overridden, which is why API scopes leave them alone.
 */
export const cloudScopes: readonly CloudScope[] = [
  {
    cloud: 'aws',
    name: 'federate-aws',
    audience: awsAudience,
    description: 'Tokens that AWS STS accepts: audience, authorized party and a readable subject',
    mappers: [
      audienceMapper('federate-audience', awsAudience),
      hardcodedClaimMapper('federate-authorized-party', 'azp', awsAudience),
      userPropertyMapper('federate-subject', 'username', 'sub'),
    ],
  },
  {
    cloud: 'gcp',
    name: 'federate-gcp',
    audience: gcpAudience,
    description: 'Tokens that Google STS accepts: audience and a readable subject',
    mappers: [
      audienceMapper('federate-audience', gcpAudience),
      userPropertyMapper('federate-subject', 'username', 'sub'),
    ],
  },
  azureScope('federate-azure', 'api://AzureADTokenExchange'),
  azureScope('federate-azure-usgovernment', 'api://AzureADTokenExchangeUSGov', 'usgovernment'),
  azureScope('federate-azure-china', 'api://AzureADTokenExchangeChina', 'china'),
]

/** Entra wants one audience, and each of its clouds another one. */
function azureScope(name: string, audience: string, environment?: string): CloudScope {
  return {
    cloud: 'azure',
    ...(environment === undefined ? {} : { environment }),
    name,
    audience,
    description: `Tokens that Microsoft Entra accepts${environment === undefined ? '' : ` (${environment})`}: one audience and a readable subject`,
    mappers: [audienceMapper('federate-audience', audience), userPropertyMapper('federate-subject', 'username', 'sub')],
  }
}

/** The scope for a cloud, and of its sovereign ones for the one that is named; `undefined` where there is none. */
export function cloudScope(cloud: string, environment?: string): CloudScope | undefined {
  const scopes = cloudScopes.filter((scope) => scope.cloud === cloud)
  return (
    scopes.find((scope) => scope.environment === environment) ?? scopes.find((scope) => scope.environment === undefined)
  )
}

/**
 * The scopes that the targets of a service need: their clouds', each once. A wish with a `tokenAudience` needs tokens for
 * that instead of the audience that all targets share, by a scope of its own, which is named like the audience.
 */
export function targetScopes({ targets }: Pick<ServiceWish, 'targets'>): readonly CloudScope[] {
  const scopes = targets.flatMap(({ cloud, wish }) => {
    const shared = cloudScope(cloud, environmentIn(wish))
    const audience = tokenAudience(wish)
    return shared === undefined ? [] : [audience === undefined ? shared : withAudience(shared, audience)]
  })
  return [...new Map(scopes.map((scope) => [scope.name, scope])).values()]
}

function tokenAudience(wish: unknown): string | undefined {
  const audience = typeof wish === 'object' && wish !== null && 'tokenAudience' in wish ? wish.tokenAudience : undefined
  return typeof audience === 'string' ? audience : undefined
}

function withAudience(scope: CloudScope, audience: string): CloudScope {
  const own = audienceMapper('federate-audience', audience)
  const mappers = scope.mappers.map((mapper) => (mapper.name === own.name ? own : mapper))
  return { ...scope, name: audience, audience, description: `Tokens for ${audience}`, mappers }
}

/** What a wish looks like is the cloud's own business; only this key says which of its worlds it is about. */
function environmentIn(wish: unknown): string | undefined {
  const environment: unknown = typeof wish === 'object' && wish !== null ? Reflect.get(wish, 'environment') : undefined
  return typeof environment === 'string' ? environment : undefined
}

/** The scope by which Keycloak is asked for an audience: a cloud's own, or the one named like the audience. */
export function scopeForAudience(audience: string): string {
  return cloudScopes.find((scope) => scope.audience === audience)?.name ?? audience
}
