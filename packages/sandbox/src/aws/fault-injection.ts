import { QueryFault } from './query-fault.ts'

/** What the next calls of an action are answered with, whatever they ask. Each knob is for `count` calls, default 1. */
export interface Faults {
  /** AccessDenied, 403. */
  denyNext(action: string, count?: number): void
  /** Throttling, 400. */
  throttleNext(action: string, count?: number): void
  /** ServiceUnavailable or, below 500, InvalidInput, with this status. */
  failNext(action: string, status: number, count?: number): void
  /** The true answer, but this many milliseconds later. */
  delayNext(action: string, milliseconds: number, count?: number): void
}

interface Planned {
  readonly action: string
  left: number
  readonly fault?: QueryFault
  readonly delay?: number
}

/** Faults that a test asked for, in the order in which it did. */
export class FaultInjection implements Faults {
  readonly #planned: Planned[] = []

  denyNext(action: string, count = 1): void {
    const fault = new QueryFault('AccessDenied', `User is not authorized to perform: ${action}`, 403)
    this.#planned.push({ action, left: count, fault })
  }

  throttleNext(action: string, count = 1): void {
    this.#planned.push({ action, left: count, fault: new QueryFault('Throttling', 'Rate exceeded', 400) })
  }

  failNext(action: string, status: number, count = 1): void {
    const code = status >= 500 ? 'ServiceUnavailable' : 'InvalidInput'
    this.#planned.push({ action, left: count, fault: new QueryFault(code, 'The sandbox was asked to fail.', status) })
  }

  delayNext(action: string, milliseconds: number, count = 1): void {
    this.#planned.push({ action, left: count, delay: milliseconds })
  }

  /** Takes the next fault of an action, if there is one. @throws QueryFault */
  async apply(action: string): Promise<void> {
    const planned = this.#planned.find((one) => one.action === action && one.left > 0)
    if (planned === undefined) return
    planned.left -= 1
    const { delay } = planned
    if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay))
    if (planned.fault !== undefined) throw planned.fault
  }
}
