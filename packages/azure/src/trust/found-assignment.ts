import type { Change, Ownership, Resource } from '@federate/core/plan'
import type { ActualAssignment } from './objects.ts'
import { removed } from './shown.ts'
import type { Tenant } from './tenant.ts'

/** A role assignment of ours that federate.yaml no longer wants. Its wish is what is there. */
export class FoundAssignment implements Resource<ActualAssignment, ActualAssignment> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[] = []
  readonly services: readonly string[] = []
  readonly #tenant: Tenant
  readonly #found: ActualAssignment

  constructor(tenant: Tenant, found: ActualAssignment) {
    this.address = `azure:${found.id.toLowerCase()}`
    this.label = `role ${found.roleId} of ${found.principalId} in ${found.scope}`
    this.#tenant = tenant
    this.#found = found
  }

  desired(): ActualAssignment {
    return this.#found
  }

  async read(): Promise<ActualAssignment | undefined> {
    return this.#found
  }

  reread(signal: AbortSignal): Promise<ActualAssignment | undefined> {
    return this.#tenant.resourceManager.readAssignment(this.#found.id, signal)
  }

  /** It was found by its mark. */
  ownership(): Ownership {
    return 'ours'
  }

  diff(): Change[] {
    return []
  }

  removal({ roleId, scope, principalId }: ActualAssignment): Change[] {
    return [removed('role', roleId), removed('scope', scope), removed('principal', principalId)]
  }

  /** Nobody wants one that was only found: there is nothing to make. */
  async create(desired: ActualAssignment): Promise<ActualAssignment> {
    return desired
  }

  async update(_desired: ActualAssignment, actual: ActualAssignment): Promise<ActualAssignment> {
    return actual
  }

  async delete(actual: ActualAssignment, signal: AbortSignal): Promise<void> {
    await this.#tenant.resourceManager.deleteAssignment(actual.id, signal)
  }
}
