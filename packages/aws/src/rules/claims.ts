import type { JwtClaims } from '@federate/core'

/** The audience that AWS compares: `azp`, and `aud` only where `azp` is absent (IAM User Guide, `aud` condition key). */
export type ClientId =
  | { readonly kind: 'one'; readonly claim: 'azp' | 'aud'; readonly value: string }
  | { readonly kind: 'several'; readonly values: readonly string[] }
  | { readonly kind: 'invalid'; readonly claim: 'azp' | 'aud' }

export function clientIdOf(claims: JwtClaims): ClientId {
  if ('azp' in claims) {
    const party = claims['azp']
    return typeof party === 'string' && party !== ''
      ? { kind: 'one', claim: 'azp', value: party }
      : { kind: 'invalid', claim: 'azp' }
  }
  const values = audienceList(claims)
  const [first] = values ?? []
  if (values === undefined || first === undefined) return { kind: 'invalid', claim: 'aud' }
  return values.length > 1 ? { kind: 'several', values } : { kind: 'one', claim: 'aud', value: first }
}

/** The `aud` claim as a list, or `undefined` when it is neither a string nor a list of strings. */
export function audienceList(claims: JwtClaims): readonly string[] | undefined {
  const aud = claims['aud']
  if (typeof aud === 'string') return [aud]
  if (!Array.isArray(aud)) return undefined
  const values = aud.filter((one) => typeof one === 'string')
  return values.length === aud.length ? values : undefined
}

/** The subject as AWS reads it: a number becomes its digits. */
export function subjectOf(claims: JwtClaims): string | undefined {
  const subject = claims['sub']
  if (typeof subject === 'number') return JSON.stringify(subject)
  return typeof subject === 'string' ? subject : undefined
}

/** A timestamp claim in seconds: whole numbers, also as digit strings; `undefined` for anything else. */
export function timestampOf(claims: JwtClaims, name: string): number | undefined {
  const value = claims[name]
  const seconds = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  return typeof seconds === 'number' && Number.isSafeInteger(seconds) ? seconds : undefined
}
