export type Attributes = Readonly<Record<string, string>>

/** Whose client, role or mapper it is. */
export const ownerMark = 'federate.owner'
export const serviceMark = 'federate.service'
/** Which roles we gave to a service account, so that those that others gave stay. */
export const rolesMark = 'federate.roles'
/** That the secret has reached the service; without it the next run delivers it. */
export const secretMark = 'federate.secret'

/** That the client was there before us, so that it stays when we go. */
export const adoptedMark = 'federate.adopted'

/** Those attributes of a client that are marks of ours. */
export function ownMarks(attributes: Attributes): string[] {
  return Object.keys(attributes)
    .filter((key) => key.startsWith('federate.'))
    .sort()
}

const scopeMark = `${ownerMark}.`

/** The mark of one owner on a scope, which several owners share. */
export function scopeOwnerMark(owner: string): string {
  return `${scopeMark}${owner}`
}

/** Who uses a scope, and whether they made it or found it. */
export function scopeOwners(attributes: Attributes): ReadonlyMap<string, string> {
  const marks = Object.entries(attributes).filter(([key]) => key.startsWith(scopeMark))
  return new Map(marks.map(([key, how]) => [key.slice(scopeMark.length), how]))
}

/** Roles by the client that has them, as an attribute. */
export function rolesText(roles: ReadonlyMap<string, readonly string[]>): string {
  const given = [...roles]
    .filter(([, names]) => names.length > 0)
    .map(([id, names]) => [id, [...names].sort()] as const)
  return given.length === 0
    ? ''
    : JSON.stringify(Object.fromEntries(given.sort(([one], [other]) => (one < other ? -1 : 1))))
}

/** What `rolesText` wrote; nothing where somebody wrote something else. */
export function givenRoles(attributes: Attributes): ReadonlyMap<string, readonly string[]> {
  try {
    const value: unknown = JSON.parse(attributes[rolesMark] ?? '{}')
    if (typeof value !== 'object' || value === null) return new Map()
    return new Map(Object.entries(value).map(([id, names]) => [id, Array.isArray(names) ? names.map(String) : []]))
  } catch {
    return new Map()
  }
}
