import type { JwtClaims } from '@federate/core'

const namespace = 'https://aws.amazon.com/tags'
const flatTag = `${namespace}/principal_tags/`
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** Session tags of a token. `problem` says why AWS cannot read them. */
export interface SessionTags {
  readonly tags: ReadonlyMap<string, string>
  readonly transitive: readonly string[]
  readonly problem?: string
}

/** Whether claims make STS tag the session, readable or not: the role's trust must then allow it. */
export function tagsSession(claims: JwtClaims): boolean {
  return claims[namespace] !== undefined || Object.keys(claims).some((name) => name.startsWith(flatTag))
}

/** Reads the session tags in both forms of the claim (IAM User Guide, id_session-tags, AssumeRoleWithWebIdentity). */
export function sessionTags(claims: JwtClaims): SessionTags {
  const tags = new Map<string, string>()
  const transitive: string[] = []
  const problem =
    nestedTags(claims[namespace], tags, transitive) ?? flatTags(claims, tags, transitive) ?? limits(tags, transitive)
  return problem === undefined ? { tags, transitive } : { tags: new Map(), transitive: [], problem }
}

function nestedTags(claim: unknown, tags: Map<string, string>, transitive: string[]): string | undefined {
  if (claim === undefined) return undefined
  if (!isRecord(claim)) return 'the tags claim is not an object'
  const principal = claim['principal_tags'] ?? {}
  if (!isRecord(principal)) return 'principal_tags is not an object'
  for (const [key, value] of Object.entries(principal)) {
    if (!Array.isArray(value) || value.length !== 1 || typeof value[0] !== 'string')
      return `the tag ${key} is not a list of one string`
    tags.set(key, value[0])
  }
  return transitiveKeys(claim['transitive_tag_keys'], transitive)
}

function flatTags(claims: JwtClaims, tags: Map<string, string>, transitive: string[]): string | undefined {
  for (const [name, value] of Object.entries(claims)) {
    if (!name.startsWith(flatTag)) continue
    const key = name.slice(flatTag.length)
    if (typeof value !== 'string') return `the tag ${key} is not a string`
    if (tags.has(key)) return `the tag ${key} is there in both forms`
    tags.set(key, value)
  }
  return transitiveKeys(claims[`${namespace}/transitive_tag_keys`], transitive)
}

function transitiveKeys(claim: unknown, into: string[]): string | undefined {
  if (claim === undefined) return undefined
  if (!Array.isArray(claim)) return 'transitive_tag_keys is not a list of strings'
  for (const key of claim) {
    if (typeof key !== 'string') return 'transitive_tag_keys is not a list of strings'
    into.push(key)
  }
  return undefined
}

function limits(tags: ReadonlyMap<string, string>, transitive: readonly string[]): string | undefined {
  const keys = new Set([...tags.keys()].map((key) => key.toLowerCase()))
  if (tags.size > 50) return `${tags.size} tags, where AWS allows 50`
  if (keys.size !== tags.size) return 'two tag keys differ only in upper and lower case'
  for (const [key, value] of tags) {
    if (key.length < 1 || key.length > 128 || value.length > 256) return `the tag ${key} is too long`
    if (!tagText.test(key) || !tagText.test(value) || /^aws:/i.test(key)) return `the tag ${key} is not allowed`
  }
  const stray = transitive.find((key) => !keys.has(key.toLowerCase()))
  return stray === undefined ? undefined : `the transitive key ${stray} names no tag`
}

/** The claim `https://aws.amazon.com/source_identity`; `problem` when AWS cannot use it. */
export function sourceIdentity(claims: JwtClaims): { readonly value?: string; readonly problem?: string } {
  const value = claims['https://aws.amazon.com/source_identity']
  if (value === undefined) return {}
  if (typeof value !== 'string') return { problem: 'it is not a string' }
  if (!/^[\w+=,.@-]{2,64}$/.test(value)) return { problem: 'it is not 2 to 64 of the characters A-Z a-z 0-9 _+=,.@-' }
  return { value }
}

/** The roles that the issuer itself allows; `undefined` when it does not say. */
export function authorizedRoles(claims: JwtClaims): readonly string[] | undefined {
  const claim = claims['https://aws.amazon.com/roles']
  if (claim === undefined || claim === null) return undefined
  const entries: readonly unknown[] = typeof claim === 'string' ? claim.split(';') : Array.isArray(claim) ? claim : []
  return entries
    .filter((entry) => typeof entry === 'string')
    .map((entry) => entry.trim())
    .filter((entry) => /^arn:aws[a-z-]*:iam::\d{12}:role\//.test(entry))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
