import { maximumTagLength } from '../tag-text.ts'

export type Tags = Readonly<Record<string, string>>

const ownerTag = 'federate:owner'
const wishedTag = 'federate:tags'
const createdTag = 'federate:created'
const adoptedTag = 'federate:adopted'

/** Says of a role that it was there before federate: it is released when it is no longer wanted, not deleted. */
export const adoptedMark: Tags = { [adoptedTag]: 'true' }

/** Whether a tag is one of ours, whoever the owner is. */
function isMark(tag: string): boolean {
  return tag.startsWith('federate:')
}

/** The tags of a role: whose it is, for which service and target, and which other tags federate.yaml asked for. */
export function roleTags(owner: string, service: string, target: string, wished: Tags): Tags {
  const names = Object.keys(wished)
  return {
    ...wished,
    ...(names.length === 0 ? {} : wordTags(wishedTag, names)),
    [ownerTag]: owner,
    'federate:service': service,
    'federate:target': target,
  }
}

export function isAdopted(tags: Tags): boolean {
  return tags[adoptedTag] !== undefined
}

export function roleOwner(tags: Tags): string | undefined {
  return tags[ownerTag]
}

/** The tags of a role that federate.yaml decides about. All others are somebody else's, or say where it comes from, and stay. */
export function ownTags(tags: Tags): string[] {
  const wished = readWords(wishedTag, tags) ?? new Set()
  return Object.keys(tags).filter((key) => key !== adoptedTag && (isMark(key) || wished.has(key)))
}

/** What is taken off an adopted role when it is released: all that we put there. */
export function releasedTags(tags: Tags): string[] {
  return [...ownTags(tags), adoptedTag]
}

/** The marks of an identity provider, which several owners share. */
export interface ProviderMarks {
  /** The owner who made the provider; undefined when it was there before federate. */
  readonly createdBy: string | undefined
  /** The client ids that each owner put there. An owner who uses the provider as it was has an empty set. */
  readonly contributions: ReadonlyMap<string, ReadonlySet<string>>
}

/** Reads the marks of a provider from its tags. */
export function readProviderMarks(tags: Tags): ProviderMarks {
  const keys = Object.keys(tags).filter((key) => key.startsWith(`${ownerTag}:`))
  const owners = new Set(keys.map((key) => key.slice(ownerTag.length + 1).replace(/:\d+$/, '')))
  const contributions = new Map(
    [...owners].map((owner) => [owner, readWords(contributionTag(owner), tags) ?? new Set<string>()]),
  )
  return { createdBy: tags[createdTag], contributions }
}

/** The tags that say what one owner put into a provider. */
export function contributionTags(owner: string, clientIds: Iterable<string>): Tags {
  return wordTags(contributionTag(owner), clientIds)
}

/** Those of a provider's tags that are one owner's contribution. */
export function contributionKeys(owner: string, tags: Tags): string[] {
  return Object.keys(tags).filter((key) => isPartOf(contributionTag(owner), key))
}

export function createdMark(owner: string): Tags {
  return { [createdTag]: owner }
}

function contributionTag(owner: string): string {
  return `${ownerTag}:${owner}`
}

/** A list of words as tags: `key`, and `key:2`, `key:3` where one is too short. */
export function wordTags(key: string, words: Iterable<string>): Tags {
  const lines = ['']
  for (const word of [...words].sort().map(encode)) {
    const last = lines.length - 1
    const longer = lines[last] === '' ? word : `${lines[last]} ${word}`
    if (longer.length <= maximumTagLength) lines[last] = longer
    else lines.push(word)
  }
  return Object.fromEntries(lines.map((line, index) => [index === 0 ? key : `${key}:${index + 1}`, line]))
}

/** What `wordTags` wrote; `undefined` when there is no such tag. */
export function readWords(key: string, tags: Tags): Set<string> | undefined {
  const lines = Object.entries(tags).filter(([name]) => isPartOf(key, name))
  if (lines.length === 0) return undefined
  return new Set(
    lines.flatMap(([, line]) =>
      line
        .split(' ')
        .filter((word) => word !== '')
        .map(decode),
    ),
  )
}

function isPartOf(key: string, name: string): boolean {
  return name === key || (name.startsWith(`${key}:`) && /^\d+$/.test(name.slice(key.length + 1)))
}

/** Tags take fewer characters than client ids, so the others are written as `=2A`: the hexadecimal of their UTF-8. */
function encode(word: string): string {
  return encodeURIComponent(word)
    .replace(/%(?:2F|3A|40|2B)/g, decodeURIComponent)
    .replace(/[!~*'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%', '=')
}

/** What others wrote by hand may be no encoding at all; it then stands for itself. */
function decode(word: string): string {
  try {
    return decodeURIComponent(word.replaceAll('=', '%'))
  } catch {
    return word
  }
}
