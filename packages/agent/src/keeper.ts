import type { Seconds } from '@federate/core'

/** What a keeper keeps: a loan of anything. */
export interface Renewable {
  readonly due: Seconds
  renew(signal?: AbortSignal): Promise<void>
  /** For what may become due before it said: whom it then calls. */
  whenDue?(wake: () => void): void
}

/** How many are renewed at the same time, so that a start with a thousand services does not storm the issuer. */
const together = 16
/** A clock that is set and a machine that slept are noticed after at most this. */
const longestSleep: Seconds = 15

/** Renews what is due, for as long as it runs. */
export class Keeper {
  readonly #renewables = new Set<Renewable>()
  readonly #running = new Set<Renewable>()
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | undefined

  add(...renewables: readonly Renewable[]): void {
    for (const one of renewables) {
      this.#renewables.add(one)
      one.whenDue?.(() => this.#look())
    }
    this.#look()
  }

  remove(...renewables: readonly Renewable[]): void {
    for (const one of renewables) this.#renewables.delete(one)
  }

  /** Ends what is under way. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#stop.abort(new Error('The agent is ending.'))
  }

  #look(): void {
    if (this.#stop.signal.aborted) return
    clearTimeout(this.#timer)
    const waiting = [...this.#renewables].filter((one) => !this.#running.has(one))
    for (const one of waiting.filter(({ due }) => due <= 0).slice(0, together - this.#running.size)) this.#renew(one)
    const next = Math.min(longestSleep, ...waiting.map(({ due }) => due))
    // Whatever is due and had no room is looked at when there is.
    if (this.#running.size < together) this.#timer = setTimeout(() => this.#look(), Math.max(0.05, next) * 1000)
  }

  #renew(one: Renewable): void {
    this.#running.add(one)
    void one.renew(this.#stop.signal).finally(() => {
      this.#running.delete(one)
      this.#look()
    })
  }
}
