/** A value of a claim or header for people. */
export function shown(value: unknown): string {
  return value === undefined ? '(absent)' : JSON.stringify(value)
}
