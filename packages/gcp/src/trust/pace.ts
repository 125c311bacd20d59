import type { Now, Sleep } from '@federate/core'

/** Writes to pools and providers that Google takes of a project in a minute (IAM quotas and limits). */
const writesPerMinute = 60
const minute = 60_000

/** Holds back writes, so that no project gets more of them in a minute than Google takes. */
export class WritePace {
  readonly #now: Now
  readonly #sleep: Sleep
  readonly #written = new Map<string, number[]>()

  constructor(now: Now, sleep: Sleep) {
    this.#now = now
    this.#sleep = sleep
  }

  /** Returns when the project may be written to. */
  async wait(project: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const recent = (this.#written.get(project) ?? []).filter((time) => time > this.#now() - minute)
      const [oldest] = recent
      if (oldest === undefined || recent.length < writesPerMinute) {
        this.#written.set(project, [...recent, this.#now()])
        return
      }
      await this.#sleep((oldest + minute - this.#now()) / 1000, signal)
    }
  }
}
