/**
 * Names of roles by the client that has them; those of the realm itself under `ofRealm`.
 *
 * One shape for all places in which roles stand: what a service account has, what a scope lets through, what a token
 * holds.
 */
export type Roles = ReadonlyMap<string, readonly string[]>

/** The key of the realm's own roles: no client has an empty id. */
export const ofRealm = ''

/** Roles of both, each once. */
export function union(...all: readonly Roles[]): Roles {
  const names = new Set(all.flatMap((roles) => [...roles.keys()]))
  return new Map(
    [...names].map((name) => [name, [...new Set(all.flatMap((roles) => roles.get(name) ?? []))].sort()] as const),
  )
}

/** Roles that are in both: what a service account has and a token's scopes let through. */
export function intersection(one: Roles, other: Roles): Roles {
  const shared = [...one].map(
    ([name, roles]) => [name, roles.filter((role) => other.get(name)?.includes(role))] as const,
  )
  return new Map(shared.filter(([, roles]) => roles.length > 0))
}
