import type { JsonValue } from '@federate/core/plan'
import { sessionTags, sourceIdentity } from './rules/index.ts'

/** What every session of a service shall carry. AWS takes it from claims of the token and from nowhere else. */
export interface SessionWish {
  readonly sessionTags?: Readonly<Record<string, string>> | undefined
  /** Keys of tags that the roles assumed with the session inherit. */
  readonly transitiveTags?: readonly string[] | undefined
  readonly sourceIdentity?: string | undefined
}

/** The claims from which AWS reads it (IAM User Guide, id_session-tags and id_credentials_temp_control-access_monitor). */
export function sessionClaims(wish: SessionWish): Readonly<Record<string, JsonValue>> {
  const { sessionTags: tags = {}, transitiveTags = [], sourceIdentity: identity } = wish
  const lists = Object.entries(tags).map(([key, value]): [string, JsonValue] => [key, [value]])
  const transitive = transitiveTags.length === 0 ? {} : { transitive_tag_keys: [...transitiveTags] }
  return {
    ...(lists.length === 0 && transitiveTags.length === 0
      ? {}
      : { 'https://aws.amazon.com/tags': { principal_tags: Object.fromEntries(lists), ...transitive } }),
    ...(identity === undefined ? {} : { 'https://aws.amazon.com/source_identity': identity }),
  }
}

/** Why AWS would not take it, by the key of the wish. */
export function sessionWishProblems(wish: SessionWish): readonly { readonly key: string; readonly problem: string }[] {
  const claims = sessionClaims(wish)
  const tags = sessionTags(claims).problem
  const identity = sourceIdentity(claims).problem
  return [
    ...(tags === undefined ? [] : [{ key: 'sessionTags', problem: `AWS would not take these tags: ${tags}` }]),
    ...(identity === undefined ? [] : [{ key: 'sourceIdentity', problem: `AWS would not take it: ${identity}` }]),
  ]
}
