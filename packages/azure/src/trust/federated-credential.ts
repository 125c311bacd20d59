import type { Change, Ownership, Resource } from '@federate/core/plan'
import type { FederatedCredential } from '../rules/index.ts'
import { credentialAddress } from './addresses.ts'
import { refuseUnstorable } from './checks.ts'
import type { CredentialParent } from './credential-parent.ts'
import { description, ownerOfCredential } from './marks.ts'
import { notThereYet } from './not-there-yet.ts'
import { patiently } from './patience.ts'
import { added, changed, removed } from './shown.ts'
import type { Tenant } from './tenant.ts'
import { isFor } from './wanted-credentials.ts'

/** By whom a federated credential is wanted. */
export interface Claim {
  readonly services: readonly string[]
  /** Refuses what its parent cannot hold beside what is there. @throws FederateError `AZURE_PARENT_FULL` */
  readonly refuseFull: (present: readonly FederatedCredential[]) => void
}

/** What one service is recognised by. */
export class FederatedCredentialResource implements Resource<FederatedCredential, FederatedCredential> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[]
  readonly services: readonly string[]
  /** Overlapping writes to one parent are refused, or lost without a word: they follow each other. */
  readonly lane: string
  readonly #tenant: Tenant
  readonly #parent: CredentialParent
  readonly #wish: FederatedCredential

  readonly #claim: Claim | undefined

  /** @param claim by whom it is wanted. Default: nobody, it was only found. */
  constructor(tenant: Tenant, parent: CredentialParent, wish: FederatedCredential, claim?: Claim) {
    this.address = credentialAddress(parent.address, wish.name)
    this.label = `federated credential ${wish.name} of ${parent.label}`
    this.dependsOn = [parent.address]
    this.services = claim?.services ?? []
    this.lane = parent.address
    this.#claim = claim
    this.#tenant = tenant
    this.#parent = parent
    this.#wish = wish
  }

  desired(): FederatedCredential {
    return this.#wish
  }

  async read(signal: AbortSignal): Promise<FederatedCredential | undefined> {
    return this.#among(await this.#parent.read(signal))
  }

  async reread(signal: AbortSignal): Promise<FederatedCredential | undefined> {
    return this.#among(await this.#parent.reread(signal))
  }

  /** Whether one that was found is what this one wants, although it bears the name that a target had before. */
  covers(other: FederatedCredentialResource): boolean {
    return this.lane === other.lane && isFor(this.#wish, other.#wish)
  }

  /** One with the same issuer and subject that somebody else made is used and never claimed: Entra takes each pair once. */
  #among(all: readonly FederatedCredential[] = []): FederatedCredential | undefined {
    const actual = all.find(({ name }) => name === this.#wish.name) ?? all.find((one) => isFor(this.#wish, one))
    if (actual !== undefined || this.#claim === undefined) return actual
    this.#claim.refuseFull(all)
    refuseUnstorable(this.#wish, all, this.#parent.label)
    return undefined
  }

  /** The name is the mark. */
  ownership({ name }: FederatedCredential): Ownership {
    const owner = ownerOfCredential(name)
    return owner === undefined ? 'shared' : owner === this.#tenant.owner ? 'ours' : 'others'
  }

  diff(desired: FederatedCredential, actual: FederatedCredential | undefined): Change[] {
    const { issuer, subject, audiences } = desired
    if (actual === undefined)
      return [added('issuer', issuer), added('subject', subject), added('audience', audiences[0] ?? '')]
    return [
      ...changed('issuer', actual.issuer, issuer),
      ...changed('subject', actual.subject, subject),
      ...changed('audience', actual.audiences.join(', '), audiences.join(', ')),
    ]
  }

  removal({ issuer, subject }: FederatedCredential): Change[] {
    return [removed('issuer', issuer), removed('subject', subject)]
  }

  create(desired: FederatedCredential, signal: AbortSignal): Promise<FederatedCredential> {
    return this.#write(desired, signal)
  }

  update(
    desired: FederatedCredential,
    _actual: FederatedCredential,
    signal: AbortSignal,
  ): Promise<FederatedCredential> {
    return this.#write(desired, signal)
  }

  async delete({ name }: FederatedCredential, signal: AbortSignal): Promise<void> {
    await this.#parent.delete(name, signal)
  }

  /** Writes and reads back: a write that was answered well can still be lost. */
  #write(desired: FederatedCredential, signal: AbortSignal): Promise<FederatedCredential> {
    const { owner, rest } = this.#tenant
    const attempt = async () => {
      await this.#parent.put(desired, description(owner, this.services), signal)
      const actual = (await this.#parent.reread(signal))?.find(({ name }) => name === desired.name)
      if (actual === undefined || this.diff(desired, actual).length > 0) throw notThereYet(this.label)
      return actual
    }
    return patiently(`write the ${this.label}`, attempt, rest.patience(signal), ['AZURE_CHANGED_MEANWHILE'])
  }
}
