import { FederateError, type RuleResult } from '@federate/core'

/** What one look found. */
export type Finding = Omit<RuleResult, 'rule'>

/** One thing that was looked at. */
export interface Check extends RuleResult {
  /** Why it failed, where it did. */
  readonly error?: FederateError
}

/** What was looked at in one place: this host, the issuer, a target. */
export interface Place {
  readonly name: string
  /** What it is, for people: a path, a URL, a cloud. */
  readonly about: string
  readonly checks: readonly Check[]
}

/** The checks of one place, in the order in which they are made. */
export class Checks {
  readonly #checks: Check[] = []

  get all(): readonly Check[] {
    return this.#checks
  }

  add(rule: string, finding: Finding | string): void {
    this.#checks.push(typeof finding === 'string' ? { rule, outcome: 'passed', detail: finding } : { rule, ...finding })
  }

  /**
   * Does something and notes what came of it, unless `found` has nothing to say; gives its value, or nothing where it failed.
   *
   * @throws whatever is no FederateError: that is a defect of ours, and nothing that is wrong here.
   */
  async try<T>(
    rule: string,
    work: () => Promise<T>,
    found: (value: T) => Finding | string | undefined,
  ): Promise<T | undefined> {
    try {
      const value = await work()
      const finding = found(value)
      if (finding !== undefined) this.add(rule, finding)
      return value
    } catch (error) {
      if (!(error instanceof FederateError)) throw error
      this.#checks.push({ rule, outcome: 'failed', detail: error.problem, next: error.next, error })
      return undefined
    }
  }

  notReached(rule: string, detail: string): void {
    this.add(rule, { outcome: 'not reached', detail })
  }
}
