import type { Change, JsonValue, Ownership, Resource } from '@federate/core/plan'
import { canonicalJson } from '@federate/core/plan'
import { type ActualProvider, readProvider } from './actual-provider.ts'
import type { AdminCall } from './admin-call.ts'
import type { DesiredProvider } from './desired-provider.ts'
import { keyNames, sameKeys } from './keys.ts'
import { describedBy, isAdopted, markingOf, ownershipBy, releaseOf, withoutMark } from './marks.ts'
import { poolAddress } from './pool.ts'
import type { ProjectWork } from './project.ts'
import { change, changeIf } from './shown.ts'

export interface ProviderIdentity {
  readonly owner: string
  readonly pool: string
  readonly id: string
  readonly words: string
  readonly services: readonly string[]
}

export function providerAddress(project: string, pool: string, provider: string): string {
  return `${poolAddress(project, pool)}/provider/${provider}`
}

/** The issuer as a pool knows it: an OIDC provider. */
export class ProviderResource implements Resource<DesiredProvider, ActualProvider> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[]
  readonly services: readonly string[]
  readonly #work: ProjectWork
  readonly #identity: ProviderIdentity
  readonly #wish: DesiredProvider

  constructor(work: ProjectWork, identity: ProviderIdentity, wish: DesiredProvider) {
    this.address = providerAddress(work.id, identity.pool, identity.id)
    this.label = `provider ${identity.id} of pool ${identity.pool} in project ${work.id}`
    this.dependsOn = [poolAddress(work.id, identity.pool)]
    this.services = identity.services
    this.#work = work
    this.#identity = identity
    this.#wish = wish
  }

  desired(): DesiredProvider {
    return this.#wish
  }

  async read(signal: AbortSignal): Promise<ActualProvider | undefined> {
    const { pool, id } = this.#identity
    const raw = (await this.#work.state.providers(pool, signal)).get(id)
    return raw === undefined ? undefined : readProvider(raw, this.address)
  }

  async reread(signal: AbortSignal): Promise<ActualProvider | undefined> {
    const raw = await this.#work.client.find(this.#call('GET', 'get'), signal)
    return raw === undefined ? undefined : readProvider(raw, this.address)
  }

  ownership({ description }: ActualProvider): Ownership {
    return ownershipBy(this.#identity.owner, description)
  }

  diff(desired: DesiredProvider, actual: ActualProvider | undefined): Change[] {
    if (actual === undefined)
      return newProvider(desired, describedBy(this.#identity.owner, this.#identity.words, undefined))
    return [
      ...changeIf(actual.deleted, 'state', 'DELETED', 'ACTIVE'),
      ...changeIf(actual.disabled, 'disabled', true, false),
      ...differences(desired, actual),
      ...markingOf(this.#identity.owner, actual.description),
    ]
  }

  removal(actual: ActualProvider): Change[] {
    if (isAdopted(actual.description)) return releaseOf('provider', actual.description)
    return [
      change('issuer', actual.issuerUri, undefined),
      change(
        'state',
        'ACTIVE',
        'DELETED (for 30 days it can be brought back; tokens issued by it live on until they expire)',
      ),
    ]
  }

  remains({ description }: ActualProvider): boolean {
    return isAdopted(description)
  }

  async create(desired: DesiredProvider, signal: AbortSignal): Promise<ActualProvider> {
    const { id } = this.#identity
    const description = describedBy(this.#identity.owner, this.#identity.words, undefined)
    const call = this.#call('POST', 'create', `?workloadIdentityPoolProviderId=${id}`)
    const path = call.path.replace(`/${id}?`, '?')
    await this.#work.client.operate({ ...call, path, body: bodyOf(desired, description) }, signal)
    return { ...desired, description, disabled: false, deleted: false }
  }

  /** Undeleted first: Google changes nothing of what is deleted. It comes back as it was, and only then is corrected. */
  async update(desired: DesiredProvider, actual: ActualProvider, signal: AbortSignal): Promise<ActualProvider> {
    if (actual.deleted) await this.#work.client.operate(this.#call('POST', 'undelete', ':undelete'), signal)
    const now = { ...actual, deleted: false }
    const description = describedBy(this.#identity.owner, '', actual.description)
    if (this.diff(desired, now).length > 0) await this.#patch(bodyOf(desired, description), signal)
    return { ...desired, description, disabled: false, deleted: false }
  }

  async delete(actual: ActualProvider, signal: AbortSignal): Promise<void> {
    if (isAdopted(actual.description)) {
      return this.#patch({ description: withoutMark(actual.description) }, signal)
    }
    await this.#work.client.operate(this.#call('DELETE', 'delete'), signal)
  }

  async #patch(body: object, signal: AbortSignal): Promise<void> {
    const mask = Object.keys(body).flatMap((name) => (name === 'oidc' ? oidcMask : [name]))
    await this.#work.client.operate({ ...this.#call('PATCH', 'update', `?updateMask=${mask.join(',')}`), body }, signal)
  }

  #call(method: AdminCall['method'], verb: string, suffix = ''): AdminCall {
    const { id: project } = this.#work
    const { pool, id } = this.#identity
    const resource = `projects/${project}/locations/global/workloadIdentityPools/${pool}/providers/${id}`
    const permission = `iam.workloadIdentityPoolProviders.${verb}`
    return { api: 'iam', method, path: `v1/${resource}${suffix}`, permission, resource, project }
  }
}

const oidcMask = ['oidc.issuerUri', 'oidc.allowedAudiences', 'oidc.jwksJson']

/** An empty JWKS sends Google back to the keys that the issuer publishes. */
function bodyOf({ issuerUri, allowedAudiences, jwksJson, ...rest }: DesiredProvider, description: string): object {
  const { attributeMapping, attributeCondition } = rest
  const oidc = { issuerUri, allowedAudiences, ...(jwksJson === undefined ? {} : { jwksJson }) }
  return { description, disabled: false, attributeMapping, attributeCondition, oidc }
}

function newProvider(desired: DesiredProvider, description: string): Change[] {
  const { issuerUri, allowedAudiences, attributeMapping, attributeCondition, jwksJson } = desired
  return [
    change('issuer', undefined, issuerUri),
    change('allowed audiences', undefined, allowedAudiences),
    change('attribute mapping', undefined, attributeMapping),
    change('attribute condition', undefined, attributeCondition),
    ...changeIf(jwksJson !== undefined, 'uploaded keys', undefined, keyNames(jwksJson)),
    change('description', undefined, description),
  ]
}

function differences(desired: DesiredProvider, actual: ActualProvider): Change[] {
  const compare = (field: string, before: JsonValue, after: JsonValue) =>
    changeIf(canonicalJson(before) !== canonicalJson(after), field, before, after)
  return [
    ...compare('issuer', actual.issuerUri, desired.issuerUri),
    ...compare('allowed audiences', [...actual.allowedAudiences].sort(), [...desired.allowedAudiences].sort()),
    ...compare('attribute mapping', actual.attributeMapping, desired.attributeMapping),
    ...compare('attribute condition', actual.attributeCondition, desired.attributeCondition),
    ...changeIf(
      !sameKeys(actual.jwksJson, desired.jwksJson),
      'uploaded keys',
      keyNames(actual.jwksJson),
      keyNames(desired.jwksJson),
    ),
  ]
}
