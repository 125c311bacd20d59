/**
 * A map that holds so many at most: what was not asked for the longest goes first. In a large one that order is not exact,
 * because to move an entry costs more than to find it: what was moved lately stays where it is.
 *
 * Not lru-cache: it reads the clock of `node:perf_hooks`, which a command that lives for a tenth of a second has to load.
 */
export class RecentlyUsed<Value> {
  readonly #maximum: number
  /** In the order in which they were put last. */
  readonly #entries = new Map<string, { readonly value: Value; readonly number: number }>()
  #puts = 0

  constructor(maximum: number) {
    this.#maximum = maximum
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (this.#puts - entry.number > Math.floor(this.#maximum / 8)) this.#putLast(key, entry.value)
    return entry.value
  }

  set(key: string, value: Value): void {
    this.#putLast(key, value)
    if (this.#entries.size <= this.#maximum) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      return
    }
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  values(): readonly Value[] {
    return Array.from(this.#entries.values(), ({ value }) => value)
  }

  #putLast(key: string, value: Value): void {
    this.#puts += 1
    this.#entries.delete(key)
    this.#entries.set(key, { value, number: this.#puts })
  }
}
