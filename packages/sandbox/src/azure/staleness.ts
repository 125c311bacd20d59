/** Counts down, for each key, how often something is not known yet. */
export class Staleness {
  readonly #left = new Map<string, number>()

  /** From now on, `count` questions after this key find it unknown. */
  begin(key: string, count: number): void {
    if (count > 0) this.#left.set(key.toLowerCase(), count)
  }

  /** Whether this question still finds it unknown; counts as one. */
  isStale(key: string): boolean {
    const left = this.#left.get(key.toLowerCase()) ?? 0
    if (left === 0) return false
    this.#left.set(key.toLowerCase(), left - 1)
    return true
  }
}
