import { audienceMapper, type ClientScope, hardcodedClaimMapper, userPropertyMapper } from './protocol-mapper.ts'

/** The scope that makes a service account's token acceptable to one cloud. */
export interface CloudScope extends ClientScope {
  /** The cloud's name, as in federate.yaml's `cloud:`. */
  readonly cloud: string
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
]

/** The scope for a cloud, or `undefined` for a cloud that has none. */
export function cloudScope(cloud: string): CloudScope | undefined {
  return cloudScopes.find((scope) => scope.cloud === cloud)
}

/** The scope by which Keycloak is asked for an audience: a cloud's own, or the one named like the audience. */
export function scopeForAudience(audience: string): string {
  return cloudScopes.find((scope) => scope.audience === audience)?.name ?? audience
}
