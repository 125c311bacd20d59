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

/** The description as its author wrote it. */
export function withoutMark(description: string): string {
  return description.replace(mark, '')
}
