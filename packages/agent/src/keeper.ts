import { monotonicNow, type Seconds } from '@federate/core'
import type { PaceOptions } from './pace.ts'
import { type Renewable, Upstream } from './upstream.ts'

/** A clock that is set and a machine that slept are noticed after at most this. */
const longestSleep: Seconds = 15
/** For timers that fire a little early. */
const shortestSleep: Seconds = 0.005

/** Renews what is due, at the pace that its upstream can bear, for as long as it runs. */
export class Keeper {
  readonly #upstreams = new Map<string, Upstream>()
  readonly #stop = new AbortController()
  readonly #options: PaceOptions
  #timer: NodeJS.Timeout | undefined

  constructor({ monotonic = monotonicNow, random = Math.random }: Partial<PaceOptions> = {}) {
    this.#options = { monotonic, random }
  }

  add(...renewables: readonly Renewable[]): void {
    for (const one of renewables) {
      const upstream = this.#upstreams.get(one.upstream) ?? new Upstream(this.#options)
      this.#upstreams.set(one.upstream, upstream)
      upstream.add(one)
      one.whenDue?.(() => this.#look())
    }
    this.#look()
  }

  remove(...renewables: readonly Renewable[]): void {
    for (const one of renewables) this.#upstreams.get(one.upstream)?.remove(one)
    for (const [name, upstream] of this.#upstreams) if (upstream.idle) this.#upstreams.delete(name)
  }

  /** Ends what is under way. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#stop.abort(new Error('The agent is ending.'))
  }

  #look(): void {
    if (this.#stop.signal.aborted) return
    clearTimeout(this.#timer)
    const waits = [...this.#upstreams.values()].map((upstream) =>
      upstream.begin(
        (one) => one.renew(this.#stop.signal),
        () => this.#look(),
      ),
    )
    const next = Math.min(longestSleep, ...waits)
    this.#timer = setTimeout(() => this.#look(), Math.max(shortestSleep, next) * 1000)
  }
}
