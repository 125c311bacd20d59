import type { Change, Ownership } from '@federate/core/plan'
import { change, changeIf } from './shown.ts'

/** Google's longest description of a pool, a provider or a service account, in characters. */
const longestDescription = 256

/** Whose an object is; resources of IAM have no labels, so the mark stands at the end of the description. */
export interface Mark {
  readonly owner: string
  /** It was there before federate: it is released when it is no longer wanted, and not deleted. */
  readonly adopted: boolean
}

const mark = / ?\[federate:(?<owner>[^\]\s]+)(?<adopted> adopted)?\]$/

export function markOf(description: string): Mark | undefined {
  const { owner, adopted } = mark.exec(description)?.groups ?? {}
  return owner === undefined ? undefined : { owner, adopted: adopted !== undefined }
}

/** A description that ends with a mark; its words give way where both are too long. */
export function marked(words: string, { owner, adopted }: Mark): string {
  const end = `[federate:${owner}${adopted ? ' adopted' : ''}]`
  return `${withoutMark(words).slice(0, longestDescription - end.length - 1)} ${end}`.trim()
}

/** Whose an object with this description is, as `owner` sees it. */
export function ownershipBy(owner: string, description: string): Ownership {
  const found = markOf(description)
  if (found === undefined) return 'unmarked'
  return found.owner === owner ? 'ours' : 'others'
}

/** Whether it was there before federate: then it stays when it is no longer wanted. */
export function isAdopted(description: string): boolean {
  return markOf(description)?.adopted === true
}

/** The description that an object gets from an owner: one that is there keeps the words of its author. */
export function describedBy(owner: string, words: string, before: string | undefined): string {
  if (before !== undefined && ownershipBy(owner, before) === 'ours') return before
  return marked(before ?? words, { owner, adopted: before !== undefined })
}

/** How a plan shows that the mark comes onto an object that is there, if it does. */
export function markingOf(owner: string, description: string): Change[] {
  const after = describedBy(owner, '', description)
  return changeIf(after !== description, 'description', description, after)
}

/** How a plan shows that an adopted object is given up. */
export function releaseOf(what: string, description: string): Change[] {
  return [change(`description (the ${what} was adopted, so it stays)`, description, withoutMark(description))]
}

/** The description as its author wrote it. */
export function withoutMark(description: string): string {
  return description.replace(mark, '')
}
