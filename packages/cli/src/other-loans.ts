import type { Loan } from '@federate/agent'
import type { CloudCredentials, RuntimeTarget } from '@federate/core'

/** Whoever may ask names what for: no more than this is held of it. */
const most = 32

/** What is lent of a target besides itself, such as tokens for further resources: obtained when asked for, and held. */
export class OtherLoans {
  readonly #make: (runtime: RuntimeTarget) => Loan<CloudCredentials>
  readonly #loans = new Map<string, Loan<CloudCredentials>>()

  constructor(make: (runtime: RuntimeTarget) => Loan<CloudCredentials>) {
    this.#make = make
  }

  for(runtime: RuntimeTarget): Loan<CloudCredentials> {
    const key = JSON.stringify(runtime)
    const loan = this.#loans.get(key) ?? this.#make(runtime)
    // What was asked for last is forgotten last.
    this.#loans.delete(key)
    this.#loans.set(key, loan)
    for (const oldest of this.#loans.keys()) {
      if (this.#loans.size <= most) break
      this.#loans.delete(oldest)
    }
    return loan
  }
}
