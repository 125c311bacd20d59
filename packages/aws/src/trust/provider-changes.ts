import type { Change, JsonValue, Ownership } from '@federate/core/plan'
import type { ActualProvider } from './actual-provider.ts'
import { contributionKeys, contributionTags, readProviderMarks, type Tags } from './marks.ts'

/** What one owner wants of an identity provider. */
export interface DesiredProvider {
  readonly owner: string
  /** The issuer's URL. */
  readonly url: string
  readonly clientIds: readonly string[]
  /** Of certificates that IAM shall trust besides the public authorities. Lower case; empty: none are asked for. */
  readonly thumbprints: readonly string[]
}

/** What has to be done to a provider; others' client ids and tags are no part of it. */
export interface ProviderChanges {
  readonly addClientIds: readonly string[]
  readonly removeClientIds: readonly string[]
  /** All thumbprints afterwards; undefined where those that are wished are there. */
  readonly thumbprints?: readonly string[] | undefined
  /** Claims what we have and what we will have; set before anything else, so that an interruption leaves nothing unclaimed. */
  readonly claimTags: Tags
  /** The tags afterwards, as far as they differ. */
  readonly addTags: Tags
  readonly removeTags: readonly string[]
}

/**
 * Compares an owner's wish with a provider that several owners may share.
 *
 * A client id that was there before, and that no owner claims, is used but not claimed: so it stays when we go.
 */
export function providerChanges(desired: DesiredProvider, actual: ActualProvider): ProviderChanges {
  const { owner, clientIds } = desired
  const { own, others } = claims(owner, actual)
  const addClientIds = clientIds.filter((id) => !actual.clientIds.includes(id))
  const removeClientIds = actual.clientIds.filter((id) => own.has(id) && !others.has(id) && !clientIds.includes(id))
  const claimed = clientIds.filter((id) => own.has(id) || others.has(id) || addClientIds.includes(id))
  const tags = contributionTags(owner, claimed)
  return {
    addClientIds,
    removeClientIds,
    thumbprints: thumbprintsAfter(desired, actual),
    claimTags: missing(contributionTags(owner, new Set([...own, ...claimed])), actual.tags),
    addTags: missing(tags, actual.tags),
    removeTags: contributionKeys(owner, actual.tags).filter((key) => !(key in tags)),
  }
}

const mostThumbprints = 5

/**
 * Thumbprints have no owner: those of a certificate before its renewal, or of another owner's, look like any other. So
 * ours are added, the rest stays, and what there is no room for goes from the rest.
 */
function thumbprintsAfter({ thumbprints }: DesiredProvider, actual: ActualProvider): readonly string[] | undefined {
  if (thumbprints.every((one) => actual.thumbprints.includes(one))) return undefined
  const others = actual.thumbprints.filter((one) => !thumbprints.includes(one))
  return [...thumbprints, ...others].slice(0, mostThumbprints).sort()
}

function missing(wanted: Tags, there: Tags): Tags {
  return Object.fromEntries(Object.entries(wanted).filter(([key, text]) => there[key] !== text))
}

/** What goes when an owner no longer needs the provider: all of it, or that owner's part. */
export function providerRemoval(owner: string, actual: ActualProvider): ProviderChanges & { readonly whole: boolean } {
  const { own, others, otherOwners, createdBy } = claims(owner, actual)
  const removeClientIds = actual.clientIds.filter((id) => own.has(id) && !others.has(id))
  const nothingLeft = removeClientIds.length === actual.clientIds.length && otherOwners === 0
  return {
    whole: createdBy !== undefined && nothingLeft,
    addClientIds: [],
    removeClientIds,
    claimTags: {},
    addTags: {},
    removeTags: contributionKeys(owner, actual.tags),
  }
}

export function providerOwnership(owner: string, actual: ActualProvider): Ownership {
  const { createdBy, contributions } = readProviderMarks(actual.tags)
  if (createdBy === undefined && contributions.size === 0) return 'unmarked'
  return createdBy === owner && contributions.size === 1 && contributions.has(owner) ? 'ours' : 'shared'
}

/** The changes as a plan shows them. */
export function describeProviderChanges(changes: ProviderChanges, actual: ActualProvider): Change[] {
  const { addClientIds, removeClientIds, thumbprints, addTags, removeTags } = changes
  const shown: Change[] = []
  if (addClientIds.length + removeClientIds.length > 0) {
    const after = [...actual.clientIds.filter((id) => !removeClientIds.includes(id)), ...addClientIds].sort()
    shown.push({ field: 'client ids', before: value(actual.clientIds), after: value(after) })
  }
  if (thumbprints !== undefined) {
    shown.push({ field: 'thumbprints', before: value(actual.thumbprints), after: value(thumbprints) })
  }
  for (const [key, text] of Object.entries(addTags)) shown.push(tagChange(key, actual.tags[key], text))
  for (const key of removeTags) shown.push(tagChange(key, actual.tags[key], undefined))
  return shown
}

export function tagChange(key: string, before: string | undefined, after: string | undefined): Change {
  return {
    field: `tags.${key}`,
    ...(before === undefined ? {} : { before: value(before) }),
    ...(after === undefined ? {} : { after: value(after) }),
  }
}

export function value(shown: JsonValue): { readonly kind: 'value'; readonly value: JsonValue } {
  return { kind: 'value', value: shown }
}

function claims(owner: string, actual: ActualProvider) {
  const { createdBy, contributions } = readProviderMarks(actual.tags)
  const others = [...contributions].filter(([name]) => name !== owner)
  return {
    createdBy,
    own: contributions.get(owner) ?? new Set<string>(),
    others: new Set(others.flatMap(([, ids]) => [...ids])),
    otherOwners: others.length,
  }
}
