import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam'
import type { Change, Ownership, Resource } from '@federate/core/plan'
import type { AccountState } from './account-state.ts'
import { type ActualProvider, readProvider, tagList } from './actual-provider.ts'
import { providerAddress, providerArn } from './addresses.ts'
import { type Administrator, explained } from './iam.ts'
import { contributionTags, createdMark, type Tags } from './marks.ts'
import {
  type DesiredProvider,
  describeProviderChanges,
  providerChanges,
  providerOwnership,
  providerRemoval,
  tagChange,
  value,
} from './provider-changes.ts'

/** An issuer as one account knows it: IAM's OpenID Connect identity provider. */
export class ProviderResource implements Resource<DesiredProvider, ActualProvider> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[] = []
  readonly services: readonly string[]
  readonly lane: string
  readonly #by: Administrator
  readonly #state: AccountState
  readonly #wish: DesiredProvider
  readonly #arn: string

  constructor(by: Administrator, state: AccountState, wish: DesiredProvider, services: readonly string[]) {
    this.address = providerAddress(by.account, wish.url)
    this.label = `identity provider ${wish.url} in account ${by.account}`
    this.services = services
    this.lane = `aws:${by.account}/oidc-provider`
    this.#by = by
    this.#state = state
    this.#wish = wish
    this.#arn = providerArn(by, wish.url)
  }

  desired(): DesiredProvider {
    return this.#wish
  }

  async read(signal: AbortSignal): Promise<ActualProvider | undefined> {
    return (await this.#state.providers(signal)).get(this.#arn)
  }

  reread(signal: AbortSignal): Promise<ActualProvider | undefined> {
    return readProvider(this.#by, this.#arn, signal)
  }

  ownership(actual: ActualProvider): Ownership {
    return providerOwnership(this.#wish.owner, actual)
  }

  diff(desired: DesiredProvider, actual: ActualProvider | undefined): Change[] {
    if (actual !== undefined) return describeProviderChanges(providerChanges(desired, actual), actual)
    const tags = Object.entries(tagsOfNew(desired)).map(([key, text]) => tagChange(key, undefined, text))
    return [
      { field: 'url', after: value(desired.url) },
      { field: 'client ids', after: value(desired.clientIds) },
      ...(desired.thumbprints.length === 0 ? [] : [{ field: 'thumbprints', after: value(desired.thumbprints) }]),
      ...tags,
    ]
  }

  removal(actual: ActualProvider): Change[] {
    const removal = providerRemoval(this.#wish.owner, actual)
    if (!removal.whole) return describeProviderChanges(removal, actual)
    return [
      { field: 'url', before: value(actual.url) },
      { field: 'client ids', before: value(actual.clientIds) },
    ]
  }

  remains(actual: ActualProvider): boolean {
    return !providerRemoval(this.#wish.owner, actual).whole
  }

  /** Thumbprints only where they are wished: IAM gets one by itself, and trusts public authorities without any. */
  async create(desired: DesiredProvider, signal: AbortSignal): Promise<ActualProvider> {
    const tags = tagsOfNew(desired)
    const command = new CreateOpenIDConnectProviderCommand({
      Url: desired.url,
      ClientIDList: [...desired.clientIds],
      ...(desired.thumbprints.length === 0 ? {} : { ThumbprintList: [...desired.thumbprints] }),
      Tags: tagList(tags),
    })
    await this.#explained('CreateOpenIDConnectProvider', signal, () => this.#iam.send(command, { abortSignal: signal }))
    const clientIds = [...desired.clientIds].sort()
    const { thumbprints } = desired
    return { arn: this.#arn, url: desired.url.replace(/^https?:\/\//, ''), clientIds, thumbprints, tags }
  }

  async update(desired: DesiredProvider, actual: ActualProvider, signal: AbortSignal): Promise<ActualProvider> {
    const { addClientIds, removeClientIds, thumbprints, claimTags } = providerChanges(desired, actual)
    await this.#tag(claimTags, signal)
    if (thumbprints !== undefined) await this.#setThumbprints(thumbprints, signal)
    for (const id of addClientIds) await this.#addClientId(id, signal)
    for (const id of removeClientIds) await this.#removeClientId(id, signal)
    const { addTags, removeTags } = providerChanges(desired, afterWrites(actual, claimTags, addClientIds))
    await this.#tag(addTags, signal)
    await this.#untag(removeTags, signal)
    return (await this.reread(signal)) ?? actual
  }

  async delete(actual: ActualProvider, signal: AbortSignal): Promise<void> {
    const { whole, removeClientIds, removeTags } = providerRemoval(this.#wish.owner, actual)
    if (whole) return this.#deleteWhole(signal)
    for (const id of removeClientIds) await this.#removeClientId(id, signal)
    await this.#untag(removeTags, signal)
  }

  async #deleteWhole(signal: AbortSignal): Promise<void> {
    const command = new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: this.#arn })
    await this.#explained('DeleteOpenIDConnectProvider', signal, () => this.#iam.send(command, { abortSignal: signal }))
  }

  async #addClientId(ClientID: string, signal: AbortSignal): Promise<void> {
    const command = new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: this.#arn, ClientID })
    const send = () => this.#iam.send(command, { abortSignal: signal })
    await this.#explained('AddClientIDToOpenIDConnectProvider', signal, send)
  }

  async #removeClientId(ClientID: string, signal: AbortSignal): Promise<void> {
    const target = { OpenIDConnectProviderArn: this.#arn, ClientID }
    const command = new RemoveClientIDFromOpenIDConnectProviderCommand(target)
    const send = () => this.#iam.send(command, { abortSignal: signal })
    await this.#explained('RemoveClientIDFromOpenIDConnectProvider', signal, send)
  }

  async #setThumbprints(thumbprints: readonly string[], signal: AbortSignal): Promise<void> {
    const command = new UpdateOpenIDConnectProviderThumbprintCommand({
      OpenIDConnectProviderArn: this.#arn,
      ThumbprintList: [...thumbprints],
    })
    const send = () => this.#iam.send(command, { abortSignal: signal })
    await this.#explained('UpdateOpenIDConnectProviderThumbprint', signal, send)
  }

  async #tag(tags: Tags, signal: AbortSignal): Promise<void> {
    if (Object.keys(tags).length === 0) return
    const command = new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: this.#arn, Tags: tagList(tags) })
    await this.#explained('TagOpenIDConnectProvider', signal, () => this.#iam.send(command, { abortSignal: signal }))
  }

  async #untag(keys: readonly string[], signal: AbortSignal): Promise<void> {
    if (keys.length === 0) return
    const command = new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: this.#arn, TagKeys: [...keys] })
    await this.#explained('UntagOpenIDConnectProvider', signal, () => this.#iam.send(command, { abortSignal: signal }))
  }

  #explained<T>(action: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    return explained(signal, { action: `iam:${action}`, resource: this.#arn, account: this.#by.account }, run)
  }

  get #iam() {
    return this.#by.iam
  }
}

function tagsOfNew({ owner, clientIds }: DesiredProvider): Tags {
  return { ...createdMark(owner), ...contributionTags(owner, clientIds) }
}

function afterWrites(actual: ActualProvider, tags: Tags, added: readonly string[]): ActualProvider {
  return { ...actual, clientIds: [...actual.clientIds, ...added], tags: { ...actual.tags, ...tags } }
}
