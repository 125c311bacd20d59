import type { JwtClaims } from '@federate/core'

/** The `aud` claim as a list, or `undefined` when it is neither a string nor a list of strings. */
export function audienceList(claims: JwtClaims): readonly string[] | undefined {
  const aud = claims['aud']
  if (typeof aud === 'string') return aud === '' ? undefined : [aud]
  if (!Array.isArray(aud)) return undefined
  const values = aud.filter((one) => typeof one === 'string' && one !== '')
  return values.length === aud.length ? values : undefined
}

/** A NumericDate in whole or broken seconds; `undefined` for anything else. */
export function secondsIn(claims: JwtClaims, name: string): number | undefined {
  const value = claims[name]
  return typeof value === 'number' && Math.abs(value) <= 8.64e12 ? value : undefined
}
