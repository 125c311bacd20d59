import type { RealmClient } from '../admin/representations.ts'
import type { Grants, KeyCredential, NewKey, NotedKey } from './key.ts'

/**
 * Whose key a client is. Not the mark of services: what `setup` made and federate.yaml forgot is pruned, and customers
 * never stand in federate.yaml.
 */
export const keyOwnerMark = 'federate.key.owner'
const grantsMark = 'federate.key.grants'
const contactMark = 'federate.key.contact'
const issuedMark = 'federate.key.issued'
const rotatedMark = 'federate.key.rotated'
const expiresMark = 'federate.key.expires'
const revokedMark = 'federate.key.revoked'

/** Seconds. */
const defaultLifetime = 300

/** Everything that is kept of a key beside its credential, as attributes of its client. */
export function keyAttributes(key: NewKey, owner: string, now: Date): Record<string, string> {
  return {
    [keyOwnerMark]: owner,
    [grantsMark]: JSON.stringify(Object.fromEntries(key.grants)),
    [issuedMark]: now.toISOString(),
    ...(key.contact === undefined ? {} : { [contactMark]: key.contact }),
    ...(key.expires === undefined ? {} : { [expiresMark]: key.expires.toISOString() }),
    'access.token.lifespan': String(key.lifetime ?? defaultLifetime),
    'client_credentials.use_refresh_token': 'false',
  }
}

export function rotationAttributes(now: Date): Record<string, string> {
  return { [rotatedMark]: now.toISOString() }
}

export function revocationAttributes(now: Date): Record<string, string> {
  return { [revokedMark]: now.toISOString() }
}

/** What a client's attributes say of the key that it is. */
export function readKey({ clientId, attributes, flags, authenticator }: RealmClient, now: Date): NotedKey {
  const expires = dateIn(attributes[expiresMark])
  const expired = expires !== undefined && expires <= now
  const issued = dateIn(attributes[issuedMark])
  const lifetime = Number(attributes['access.token.lifespan'])
  return {
    name: clientId,
    state: flags.enabled ? (expired ? 'expired' : 'active') : 'revoked',
    noted: notedGrants(attributes),
    credential: credentialOf(authenticator, attributes),
    lifetime: Number.isFinite(lifetime) && lifetime > 0 ? lifetime : defaultLifetime,
    contact: attributes[contactMark],
    issued,
    rotated: dateIn(attributes[rotatedMark]),
    expires,
    // Who switched it on again by hand has left the mark of before.
    revoked: flags.enabled ? undefined : dateIn(attributes[revokedMark]),
  }
}

function credentialOf(authenticator: string, attributes: RealmClient['attributes']): KeyCredential['kind'] {
  if (authenticator === 'client-secret') return 'secret'
  if (attributes['use.jwks.url'] === 'true') return 'jwks-url'
  return attributes['use.jwks.string'] === 'true' ? 'jwks' : 'certificate'
}

function dateIn(text: string | undefined): Date | undefined {
  const milliseconds = Date.parse(text ?? '')
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds)
}

/** What a key was issued with. Somebody may have written something else there; then nothing is known. */
export function notedGrants(attributes: RealmClient['attributes']): Grants {
  try {
    const value: unknown = JSON.parse(attributes[grantsMark] ?? '{}')
    if (typeof value !== 'object' || value === null) return new Map()
    return new Map(Object.entries(value).map(([api, roles]) => [api, Array.isArray(roles) ? roles.map(String) : []]))
  } catch {
    return new Map()
  }
}
