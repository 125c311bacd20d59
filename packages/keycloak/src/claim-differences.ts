import { isDeepStrictEqual } from 'node:util'

type Claims = Readonly<Record<string, unknown>>

/** One claim that two tokens do not share; undefined: it is not in that token. */
export interface ClaimDifference {
  readonly claim: string
  readonly one: unknown
  readonly other: unknown
}

/** The claims in which two tokens differ, by name. */
export function claimDifferences(one: Claims, other: Claims): ClaimDifference[] {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()
  return names
    .filter((name) => !isDeepStrictEqual(one[name], other[name]))
    .map((claim) => ({ claim, one: one[claim], other: other[claim] }))
}
