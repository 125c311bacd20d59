import { AzureFault, EntraFault } from './fault.ts'

/** What can be disturbed, as tests name it. */
export type AzureOperation = 'token' | 'graph read' | 'graph write' | 'resource manager read' | 'resource manager write'

/** What the next requests of a kind are answered with, whatever they ask. Each knob is for `count` requests, default 1. */
export interface AzureFaults {
  /** A refusal of Entra: `700213`. */
  refuseTokens(aadsts: string, message: string, count?: number): void
  /** 429 with Retry-After. */
  throttleNext(operation: AzureOperation, retryAfter: number, count?: number): void
  /** This status, with this code. */
  failNext(operation: AzureOperation, status: number, code: string, count?: number): void
}

/** How slowly Azure hears of what it was told. All zero by default: the sandbox knows everything at once. */
export interface AzureDelays {
  /** Token requests that are answered as before, after a federated credential was written; then every third one, for as many again. */
  staleTokens: number
  /** Reads that do not find an object that was just made. */
  staleReads: number
  /** Role assignments that are refused with PrincipalNotFound, after their principal was made. */
  unknownPrincipals: number
  /** Milliseconds from the beginning of a write to its end. Graph loses the one of two overlapping writes to a parent that ends first. */
  write: number
}

interface Planned {
  readonly operation: AzureOperation
  left: number
  readonly fault: AzureFault | EntraFault
}

/** Faults that a test asked for, in the order in which it did. */
export class Disturbance implements AzureFaults {
  readonly delays: AzureDelays = { staleTokens: 0, staleReads: 0, unknownPrincipals: 0, write: 0 }
  readonly #planned: Planned[] = []

  refuseTokens(aadsts: string, message: string, count = 1): void {
    this.#planned.push({ operation: 'token', left: count, fault: new EntraFault(aadsts, message, 401) })
  }

  throttleNext(operation: AzureOperation, retryAfter: number, count = 1): void {
    const headers = { 'retry-after': String(retryAfter) }
    const fault =
      operation === 'token'
        ? new EntraFault('90055', 'The server is busy.', 429, headers)
        : new AzureFault(429, 'TooManyRequests', 'Too many requests.', headers)
    this.#planned.push({ operation, left: count, fault })
  }

  failNext(operation: AzureOperation, status: number, code: string, count = 1): void {
    const message = 'The sandbox was asked to fail.'
    const fault = operation === 'token' ? new EntraFault(code, message, status) : new AzureFault(status, code, message)
    this.#planned.push({ operation, left: count, fault })
  }

  /** Takes the next fault of an operation, if there is one. @throws AzureFault or EntraFault */
  apply(operation: AzureOperation): void {
    const planned = this.#planned.find((one) => one.operation === operation && one.left > 0)
    if (planned === undefined) return
    planned.left -= 1
    throw planned.fault
  }

  /** The time that a write takes. */
  async written(): Promise<void> {
    const { write } = this.delays
    if (write > 0) await new Promise((resolve) => setTimeout(resolve, write))
  }
}
