import type { Seconds } from '@federate/core'
import { Pace, type PaceOptions, type Renewal } from './pace.ts'

/** What a keeper keeps: a loan of anything. */
export interface Renewable {
  /** Seconds until it wants to be renewed; none when it is overdue. */
  readonly due: Seconds
  /** Seconds for which it can still be lent; none when nothing lives. */
  readonly left: Seconds
  /** Seconds from one renewal to the next, on average; nothing before the first. */
  readonly period: Seconds | undefined
  /** Who is asked for it: what has the same upstream fails together and comes back together. */
  readonly upstream: string
  /** Never throws. */
  renew(signal?: AbortSignal): Promise<Renewal>
  /** For what may become due before it said: whom it then calls. */
  whenDue?(wake: () => void): void
}

/** With less than this part of a period left, what lives does not wait its turn. */
const urgent = 1 / 6

/** What is kept of one upstream: who is renewed next, and when. */
export class Upstream {
  readonly #kept = new Set<Renewable>()
  readonly #running = new Set<Renewable>()
  /** What is due because its upstream is back, whatever its own pause. */
  readonly #awaited = new Set<Renewable>()
  readonly #pace: Pace

  constructor(options: PaceOptions) {
    this.#pace = new Pace(options)
  }

  get idle(): boolean {
    return this.#kept.size === 0 && this.#running.size === 0
  }

  add(one: Renewable): void {
    this.#kept.add(one)
  }

  remove(one: Renewable): void {
    this.#kept.delete(one)
    this.#awaited.delete(one)
  }

  /** Begins what is due, as far as the pace allows. @returns seconds until there may be more to do. */
  begin(renew: (one: Renewable) => Promise<Renewal>, ended: () => void): Seconds {
    const due: { readonly one: Renewable; readonly left: Seconds }[] = []
    let next = Number.POSITIVE_INFINITY
    for (const one of this.#kept) {
      if (this.#running.has(one)) continue
      const wait = this.#awaited.has(one) ? 0 : one.due
      if (wait <= 0) due.push({ one, left: one.left })
      else next = Math.min(next, wait)
    }
    const average = due.length === 0 ? 0 : this.#average()
    // What ends first goes first, and what is dead before all.
    for (const { one, left } of due.sort((first, second) => first.left - second.left)) {
      const dead = isUrgent(one, left)
      const wait = this.#pace.wait(dead)
      // Others that are due have no less time, so they wait as well.
      if (wait > 0) return wait
      this.#pace.begin(dead, average)
      this.#run(one, renew, ended)
    }
    return next
  }

  #run(one: Renewable, renew: (one: Renewable) => Promise<Renewal>, ended: () => void): void {
    this.#running.add(one)
    this.#awaited.delete(one)
    void renew(one).then((renewal) => {
      this.#running.delete(one)
      if (this.#pace.end(renewal)) this.#await(one)
      ended()
    })
  }

  /** The upstream is back: what died meanwhile, or soon will, need not sit out its pause. */
  #await(first: Renewable): void {
    for (const other of this.#kept) if (other !== first && isUrgent(other, other.left)) this.#awaited.add(other)
  }

  /** Renewals a second that all of it needs. */
  #average(): number {
    return [...this.#kept].reduce((sum, { period }) => sum + (period === undefined ? 0 : 1 / period), 0)
  }
}

function isUrgent({ period }: Renewable, left: Seconds): boolean {
  return left <= (period ?? 0) * urgent
}
