import type { Change, Ownership, Resource } from '@federate/core/plan'
import type { ManagedIdentity } from '../target.ts'
import { identityAddress } from './addresses.ts'
import { adoptedMark, foreignTags, isAdopted, ownerIn, ownerMark, tagRecord } from './marks.ts'
import { found } from './not-there-yet.ts'
import type { ActualIdentity } from './objects.ts'
import { patiently } from './patience.ts'
import { identityPath } from './resource-manager.ts'
import { added, changed, removed } from './shown.ts'
import type { Tenant } from './tenant.ts'

export interface DesiredIdentity {
  readonly location: string
  readonly owner: string
}

/** A user-assigned managed identity that services become. */
export class IdentityResource implements Resource<DesiredIdentity, ActualIdentity> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[] = []
  readonly services: readonly string[]
  readonly #tenant: Tenant
  readonly #path: string
  readonly #location: string

  constructor(tenant: Tenant, identity: ManagedIdentity, services: readonly string[]) {
    this.#path = identityPath(identity)
    this.address = identityAddress(this.#path)
    this.label = `managed identity ${identity.name} in resource group ${identity.resourceGroup}`
    this.services = services
    this.#tenant = tenant
    this.#location = identity.location
  }

  desired(): DesiredIdentity {
    return { location: this.#location, owner: this.#tenant.owner }
  }

  read(signal: AbortSignal): Promise<ActualIdentity | undefined> {
    return this.#tenant.resourceManager.identity(this.#path, signal)
  }

  reread(signal: AbortSignal): Promise<ActualIdentity | undefined> {
    return this.#tenant.resourceManager.rereadIdentity(this.#path, signal)
  }

  ownership({ tags }: ActualIdentity): Ownership {
    const owner = ownerIn(tags)
    if (owner === undefined) return 'unmarked'
    return owner === this.#tenant.owner ? 'ours' : 'others'
  }

  /** An identity cannot be moved: one that is elsewhere stays there. */
  diff({ location, owner }: DesiredIdentity, actual: ActualIdentity | undefined): Change[] {
    if (actual === undefined) return [added('location', location), added('tags', [ownerMark(owner)])]
    return [...changed('owner', ownerIn(actual.tags) ?? null, owner)]
  }

  removal(actual: ActualIdentity): Change[] {
    if (isAdopted(actual.tags)) return [removed('owner', ownerIn(actual.tags) ?? null)]
    return [removed('name', actual.name), removed('client id', actual.clientId)]
  }

  remains({ tags }: ActualIdentity): boolean {
    return isAdopted(tags)
  }

  async create({ location, owner }: DesiredIdentity, signal: AbortSignal): Promise<ActualIdentity> {
    const { resourceManager, rest } = this.#tenant
    await resourceManager.putIdentity(this.#path, { location, tags: tagRecord([ownerMark(owner)]) }, signal)
    return patiently(`read the ${this.label}`, () => found(this.reread(signal), this.label), rest.patience(signal))
  }

  async update({ owner }: DesiredIdentity, actual: ActualIdentity, signal: AbortSignal): Promise<ActualIdentity> {
    const adopted = ownerIn(actual.tags) === undefined || isAdopted(actual.tags) ? [adoptedMark] : []
    const tags = tagRecord([...foreignTags(actual.tags), ownerMark(owner), ...adopted])
    await this.#tenant.resourceManager.tagIdentity(this.#path, tags, signal)
    return (await this.reread(signal)) ?? actual
  }

  /** One that was there before us stays, without our marks. */
  async delete(actual: ActualIdentity, signal: AbortSignal): Promise<void> {
    const { resourceManager } = this.#tenant
    if (!isAdopted(actual.tags)) return resourceManager.deleteIdentity(this.#path, signal)
    await resourceManager.tagIdentity(this.#path, tagRecord(foreignTags(actual.tags)), signal)
  }
}
