/**
 * A map that holds so many at most: what was not asked for the longest goes first.
 *
 * Not lru-cache: it reads the clock of `node:perf_hooks`, which a command that lives for a tenth of a second has to load.
 */
export class RecentlyUsed<Value> {
  readonly #maximum: number
  /** In the order of their last use. */
  readonly #values = new Map<string, Value>()

  constructor(maximum: number) {
    this.#maximum = maximum
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key)
    // The only one is the last one.
    if (value !== undefined && this.#values.size > 1) this.#putLast(key, value)
    return value
  }

  set(key: string, value: Value): void {
    this.#putLast(key, value)
    if (this.#values.size <= this.#maximum) return
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest)
      return
    }
  }

  delete(key: string): void {
    this.#values.delete(key)
  }

  clear(): void {
    this.#values.clear()
  }

  values(): readonly Value[] {
    return [...this.#values.values()]
  }

  #putLast(key: string, value: Value): void {
    this.#values.delete(key)
    this.#values.set(key, value)
  }
}
