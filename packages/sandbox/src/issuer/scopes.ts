import { Refusal } from './message.ts'
import { basicScope, type ClientDefinition } from './realm.ts'
import type { RunningRealm } from './running-realm.ts'

/**
 * The scopes of a token. Keycloak splits at single spaces, forgives them at the end, and refuses the whole request for one
 * scope that is not attached. `openid` is refused here although Keycloak takes it: the sandbox issues no ID tokens.
 */
export function grantedScopes(realm: RunningRealm, client: ClientDefinition, requested: string | undefined): string[] {
  const asked = requested === undefined ? [] : requested.replace(/(?<=.) +$/, '').split(' ')
  const allowed = new Set([...client.defaultScopes, ...client.optionalScopes])
  if (!asked.every((scope) => allowed.has(scope))) {
    throw new Refusal(400, 'invalid_scope', `Invalid scopes: ${requested}`)
  }
  const granted = new Set([...client.defaultScopes, ...asked])
  const ordered = [basicScope, ...realm.definition.scopes.map((scope) => scope.name)]
  return ordered.filter((scope) => granted.has(scope))
}

/** `basic` is in the token, but not in its `scope`. */
export function scopeClaim(scopes: readonly string[]): string {
  return scopes.filter((scope) => scope !== basicScope).join(' ')
}
