/** Splits a claim's name at its dots; a backslash keeps the next character as it is. */
export function claimPath(name: string): string[] {
  const parts = name.match(/(?:\\.|[^\\.])+/g) ?? []
  return parts.map((part) => part.replace(/\\(.)/g, '$1'))
}

/** Keycloak reads dots in a claim's name as a path into objects; a backslash keeps the next character as it is. */
export function escapeClaimName(claim: string): string {
  return claim.replace(/[\\.]/g, '\\$&')
}

/** Sets a claim; those on the way to it become objects, and keep what they hold. */
export function setClaim(claims: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let place = claims
  for (const part of path.slice(0, -1)) {
    const inner = ownObject(place, part)
    define(place, part, inner)
    place = inner
  }
  define(place, path.at(-1) ?? '', value)
}

function ownObject(place: Record<string, unknown>, name: string): Record<string, unknown> {
  const found = Object.hasOwn(place, name) ? place[name] : undefined
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : {}
}

/** As an own property, whatever its name: `__proto__` is a claim name like any other. */
function define(place: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(place, name, { value, enumerable: true, configurable: true, writable: true })
}
