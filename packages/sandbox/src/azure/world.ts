import type { FederatedCredential } from '@federate/azure/rules'
import type { Now } from '@federate/core'
import type { Disturbance } from './disturbance.ts'
import type { Staleness } from './staleness.ts'
import type { AzureTenant } from './state.ts'

/** What all three services of the sandbox's Azure work on. */
export interface AzureWorld {
  readonly now: Now
  readonly tenants: ReadonlyMap<string, AzureTenant>
  readonly disturbance: Disturbance
  /** By path: objects that reads do not find yet. */
  readonly reads: Staleness
  /** By object id: principals that role assignments do not know yet. */
  readonly principals: Staleness
  /** By client id: clients whose federated credentials were written lately, and those that they had before. */
  readonly credentials: CredentialMemory
}

/** What Entra still believes of a client's federated credentials. */
export interface CredentialMemory {
  /** Call before the credentials of a client change. */
  remember(clientId: string): void
  /** The credentials to judge by: at times the old ones. */
  believed(clientId: string, present: readonly FederatedCredential[]): readonly FederatedCredential[]
}
