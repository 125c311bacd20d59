import type { Change, Ownership, Resource } from '@federate/core/plan'
import { applicationAddress } from './addresses.ts'
import { adoptedMark, foreignTags, isAdopted, ownerIn, ownerMark } from './marks.ts'
import { found } from './not-there-yet.ts'
import type { ActualApplication } from './objects.ts'
import { patiently } from './patience.ts'
import { added, changed, removed } from './shown.ts'
import type { Tenant } from './tenant.ts'

export interface DesiredApplication {
  readonly name: string
  /** Our mark among them. */
  readonly owner: string
}

const ownTenantOnly = 'AzureADMyOrg'

/** An application that services become. */
export class ApplicationResource implements Resource<DesiredApplication, ActualApplication> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[] = []
  readonly services: readonly string[]
  readonly #tenant: Tenant
  readonly #name: string

  constructor(tenant: Tenant, name: string, services: readonly string[]) {
    this.address = applicationAddress(tenant.id, name)
    this.label = `application ${name} in tenant ${tenant.id}`
    this.services = services
    this.#tenant = tenant
    this.#name = name
  }

  desired(): DesiredApplication {
    return { name: this.#name, owner: this.#tenant.owner }
  }

  async read(signal: AbortSignal): Promise<ActualApplication | undefined> {
    return (await this.#tenant.directory.applications(signal)).get(this.#name)
  }

  reread(signal: AbortSignal): Promise<ActualApplication | undefined> {
    return this.#tenant.directory.rereadApplication(this.#name, signal)
  }

  ownership({ tags }: ActualApplication): Ownership {
    const owner = ownerIn(tags)
    if (owner === undefined) return 'unmarked'
    return owner === this.#tenant.owner ? 'ours' : 'others'
  }

  diff({ name, owner }: DesiredApplication, actual: ActualApplication | undefined): Change[] {
    if (actual === undefined)
      return [added('name', name), added('sign-in audience', ownTenantOnly), added('tags', [ownerMark(owner)])]
    return [
      ...changed('sign-in audience', actual.signInAudience, ownTenantOnly),
      ...changed('owner', ownerIn(actual.tags) ?? null, owner),
    ]
  }

  removal(actual: ActualApplication): Change[] {
    if (isAdopted(actual.tags)) return [removed('owner', ownerIn(actual.tags) ?? null)]
    return [removed('name', actual.name), removed('application id', actual.clientId)]
  }

  remains({ tags }: ActualApplication): boolean {
    return isAdopted(tags)
  }

  async create({ name, owner }: DesiredApplication, signal: AbortSignal): Promise<ActualApplication> {
    const body = { displayName: name, signInAudience: ownTenantOnly, tags: [ownerMark(owner)] }
    await this.#tenant.directory.createApplication(name, body, signal)
    return this.#there(signal)
  }

  async update(
    { owner }: DesiredApplication,
    actual: ActualApplication,
    signal: AbortSignal,
  ): Promise<ActualApplication> {
    const adopted = ownerIn(actual.tags) === undefined || isAdopted(actual.tags) ? [adoptedMark] : []
    const tags = [...foreignTags(actual.tags), ownerMark(owner), ...adopted]
    await this.#tenant.directory.updateApplication(actual, { signInAudience: ownTenantOnly, tags }, signal)
    return this.#there(signal)
  }

  /** One that was there before us stays, without our marks. Its service principal goes with one that goes. */
  async delete(actual: ActualApplication, signal: AbortSignal): Promise<void> {
    const { directory } = this.#tenant
    if (!isAdopted(actual.tags)) return directory.deleteApplication(actual, signal)
    await directory.updateApplication(actual, { tags: foreignTags(actual.tags) }, signal)
  }

  /** Graph answers a write before everybody can read it. */
  #there(signal: AbortSignal): Promise<ActualApplication> {
    const { rest } = this.#tenant
    return patiently(
      `read application ${this.#name}`,
      () => found(this.reread(signal), this.label),
      rest.patience(signal),
    )
  }
}
