import type { Change, Ownership, Resource } from '@federate/core/plan'
import { applicationAddress, servicePrincipalAddress } from './addresses.ts'
import { ownerIn, ownerMark } from './marks.ts'
import { found } from './not-there-yet.ts'
import type { ActualServicePrincipal } from './objects.ts'
import { patiently } from './patience.ts'
import { added, changed, removed } from './shown.ts'
import type { Tenant } from './tenant.ts'

export interface DesiredServicePrincipal {
  readonly owner: string
}

/** An application as its tenant knows it: what gets roles, and tokens. */
export class ServicePrincipalResource implements Resource<DesiredServicePrincipal, ActualServicePrincipal> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[]
  readonly services: readonly string[]
  readonly #tenant: Tenant
  readonly #name: string

  constructor(tenant: Tenant, name: string, services: readonly string[]) {
    this.address = servicePrincipalAddress(tenant.id, name)
    this.label = `service principal of ${name} in tenant ${tenant.id}`
    this.dependsOn = [applicationAddress(tenant.id, name)]
    this.services = services
    this.#tenant = tenant
    this.#name = name
  }

  desired(): DesiredServicePrincipal {
    return { owner: this.#tenant.owner }
  }

  read(signal: AbortSignal): Promise<ActualServicePrincipal | undefined> {
    return this.#tenant.directory.servicePrincipalOf(this.#name, signal)
  }

  reread(signal: AbortSignal): Promise<ActualServicePrincipal | undefined> {
    return this.#tenant.directory.rereadServicePrincipal(this.#name, signal)
  }

  /** One without a mark belongs to an application that somebody else made: it is used as it is. */
  ownership({ tags }: ActualServicePrincipal): Ownership {
    const owner = ownerIn(tags)
    return owner === undefined ? 'shared' : owner === this.#tenant.owner ? 'ours' : 'others'
  }

  diff({ owner }: DesiredServicePrincipal, actual: ActualServicePrincipal | undefined): Change[] {
    if (actual === undefined) return [added('owner', owner)]
    return ownerIn(actual.tags) === undefined ? [] : [...changed('owner', ownerIn(actual.tags) ?? null, owner)]
  }

  removal(actual: ActualServicePrincipal): Change[] {
    return [removed('object id', actual.principalId)]
  }

  async create({ owner }: DesiredServicePrincipal, signal: AbortSignal): Promise<ActualServicePrincipal> {
    const { directory, rest } = this.#tenant
    const application = await found(directory.rereadApplication(this.#name, signal), `application ${this.#name}`)
    await directory.upsertServicePrincipal(application.clientId, [ownerMark(owner)], signal)
    return patiently(`read the ${this.label}`, () => found(this.reread(signal), this.label), rest.patience(signal))
  }

  /** Nothing of it can be changed: its mark is its only field, and one without a mark is left alone. */
  async update(_desired: DesiredServicePrincipal, actual: ActualServicePrincipal): Promise<ActualServicePrincipal> {
    return actual
  }

  async delete(actual: ActualServicePrincipal, signal: AbortSignal): Promise<void> {
    await this.#tenant.directory.deleteServicePrincipal(actual, signal)
  }
}
