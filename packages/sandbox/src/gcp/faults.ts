import { GoogleFault, permissionDenied } from './google-fault.ts'

/** What the next calls of a method are answered with, whatever they ask. Each knob is for `count` calls, default 1. */
export interface GcpFaults {
  /** PERMISSION_DENIED, 403. */
  denyNext(method: string, count?: number): void
  /** RESOURCE_EXHAUSTED, 429. */
  throttleNext(method: string, count?: number): void
  /** UNAVAILABLE, 503. */
  failNext(method: string, count?: number): void
  /** Before each of the next writes of policies, somebody else writes: the etag no longer holds. 0 ends it. */
  conflictNext(count?: number): void
  /** Milliseconds until STS and IAM know of a change. Default: 0. */
  propagationDelay(milliseconds: number): void
}

/** Faults that a test asked for, in the order in which it did. */
export class PlannedFaults {
  readonly #planned: { readonly method: string; left: number; readonly fault: GoogleFault }[] = []
  #conflicts = 0

  add(method: string, count: number, fault: GoogleFault): void {
    this.#planned.push({ method, left: count, fault })
  }

  setConflicts(count: number): void {
    this.#conflicts = count
  }

  /** Takes the next fault of a method, if there is one. @throws GoogleFault */
  apply(method: string): void {
    const planned = this.#planned.find((one) => one.method === method && one.left > 0)
    if (planned === undefined) return
    planned.left -= 1
    throw planned.fault
  }

  takeConflict(): boolean {
    if (this.#conflicts === 0) return false
    this.#conflicts -= 1
    return true
  }
}

export function plannedDenial(method: string): GoogleFault {
  return permissionDenied(method, 'the resource')
}

export function throttled(): GoogleFault {
  return new GoogleFault(
    'RESOURCE_EXHAUSTED',
    "Quota exceeded for quota metric 'Workload Identity Federation write requests' and limit 'Workload Identity Federation write requests per minute' of service 'iam.googleapis.com'.",
  )
}

export function unavailable(): GoogleFault {
  return new GoogleFault('UNAVAILABLE', 'The service is currently unavailable.')
}
