import type { Fetch, Now } from '@federate/core'
import type { Propagation } from './delayed.ts'
import type { PlannedFaults } from './faults.ts'
import type { GoogleRequest } from './request.ts'
import type { Project } from './state.ts'
import type { AccessTokens } from './tokens.ts'

/** What all methods work on. */
export interface World {
  readonly projects: readonly Project[]
  readonly now: Now
  readonly fetch: Fetch
  readonly propagation: Propagation
  readonly faults: PlannedFaults
  readonly tokens: AccessTokens
  /** Starts a long-running operation, which is done when it is asked for. */
  operation(resource: string, response: object): object
}

/** What stood in the path of a call. */
export interface Place {
  readonly project: Project
  readonly pool?: string
  readonly provider?: string
  readonly email?: string
}

/** One method of an API, called by an administrator. @throws GoogleFault */
export type Method = (place: Place, request: GoogleRequest, world: World) => object | Promise<object>
