/**
 * The candidate that was probably meant: the nearest by edits (one letter more, less, other, or two swapped), case
 * ignored, when it is near enough to be no guess. Of equally near ones the first.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longestWord) return undefined
  let best: { readonly candidate: string; readonly distance: number } | undefined
  for (const candidate of candidates) {
    const longer = Math.max(word.length, candidate.length)
    if (longer > longestWord) continue
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance <= Math.floor(longer / 3) && (best === undefined || distance < best.distance)) {
      best = { candidate, distance }
    }
  }
  return best?.candidate
}

const longestWord = 80

/** Damerau-Levenshtein distance, in the form where no part is edited twice. */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      const steps = [at(previous, column) + 1, at(current, column - 1) + 1, at(previous, column - 1) + (same ? 0 : 1)]
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (swapped) steps.push(at(beforePrevious, column - 2) + 1)
      current.push(Math.min(...steps))
    }
    beforePrevious = previous
    previous = current
  }
  return at(previous, right.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
