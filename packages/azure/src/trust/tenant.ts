import type { Directory } from './directory.ts'
import type { ResourceManager } from './resource-manager.ts'
import type { AdminRest } from './rest.ts'

/** One tenant as a plan works on it. */
export interface Tenant {
  readonly id: string
  readonly owner: string
  readonly rest: AdminRest
  readonly directory: Directory
  readonly resourceManager: ResourceManager
}
