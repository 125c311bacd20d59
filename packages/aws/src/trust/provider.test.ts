import { describe, expect, it } from 'vitest'
import { AccountState } from './account-state.ts'
import { contributionTags, createdMark } from './marks.ts'
import { MemoryIam } from './memory-iam.test-kit.ts'
import { ProviderResource } from './provider.ts'

const signal = new AbortController().signal
const url = 'https://keycloak.example.com/realms/prod'
const arn = 'arn:aws:iam::123456789012:oidc-provider/keycloak.example.com/realms/prod'

function resourceIn(
  iam: MemoryIam,
  clientIds = ['sts.amazonaws.com'],
  owner = 'acme',
  thumbprints: readonly string[] = [],
) {
  const state = new AccountState(iam.by, [`/federate/${owner}/`])
  return new ProviderResource(iam.by, state, { owner, url, clientIds, thumbprints }, ['billing'])
}

function withProvider(clientIds: string[], tags: Record<string, string>): MemoryIam {
  const iam = new MemoryIam()
  iam.providers.set(arn, { url: 'keycloak.example.com/realms/prod', clientIds, tags })
  return iam
}

async function existing(resource: ProviderResource) {
  const actual = await resource.reread(signal)
  if (actual === undefined) throw new Error('the provider is not there')
  return actual
}

async function update(resource: ProviderResource) {
  return resource.update(resource.desired(), await existing(resource), signal)
}

describe('an identity provider', () => {
  it('is made with marks, is then ours, and differs no more', async () => {
    const iam = new MemoryIam()
    const resource = resourceIn(iam)
    expect(resource.address).toBe('aws:123456789012/oidc-provider/keycloak.example.com/realms/prod')
    expect(await resource.read(signal)).toBeUndefined()
    expect(resource.diff(resource.desired(), undefined).map((change) => change.field)).toEqual([
      'url',
      'client ids',
      'tags.federate:created',
      'tags.federate:owner:acme',
    ])
    const made = await resource.create(resource.desired(), signal)
    expect(await existing(resource)).toEqual(made)
    expect(resource.ownership(made)).toBe('ours')
    expect(resource.diff(resource.desired(), made)).toEqual([])
    await resource.delete(made, signal)
    expect(iam.providers.size).toBe(0)
  })

  it('without marks is unmarked; adopted, its client id stays when we go', async () => {
    const iam = withProvider(['sts.amazonaws.com'], { Team: 'x' })
    const resource = resourceIn(iam)
    const found = await existing(resource)
    expect(resource.ownership(found)).toBe('unmarked')
    expect(resource.diff(resource.desired(), found)).toEqual([
      { field: 'tags.federate:owner:acme', after: { kind: 'value', value: '' } },
    ])
    const adopted = await update(resource)
    expect(resource.ownership(adopted)).toBe('shared')
    expect(resource.diff(resource.desired(), adopted)).toEqual([])
    await resource.delete(adopted, signal)
    expect(await existing(resource)).toEqual(found)
  })

  it('is shared by owners: each takes away only its own part, and the last one the provider', async () => {
    const iam = new MemoryIam()
    const acme = resourceIn(iam)
    const other = resourceIn(iam, ['sts.amazonaws.com', 'their-client'], 'other')
    await acme.create(acme.desired(), signal)
    await update(other)
    expect(acme.ownership(await existing(acme))).toBe('shared')
    expect(acme.diff(acme.desired(), await existing(acme))).toEqual([])
    await acme.delete(await existing(acme), signal)
    expect(await existing(other)).toMatchObject({ clientIds: ['sts.amazonaws.com', 'their-client'] })
    expect(other.diff(other.desired(), await existing(other))).toEqual([])
    expect(other.removal(await existing(other)).map(({ field }) => field)).toEqual(['url', 'client ids'])
    await other.delete(await existing(other), signal)
    expect(iam.providers.size).toBe(0)
  })

  it('of ours stays while it holds a client id that nobody claims', async () => {
    const iam = withProvider(['by-hand', 'sts.amazonaws.com'], {
      ...createdMark('acme'),
      ...contributionTags('acme', ['sts.amazonaws.com']),
    })
    const resource = resourceIn(iam)
    expect(resource.removal(await existing(resource))).toEqual([
      {
        field: 'client ids',
        before: { kind: 'value', value: ['by-hand', 'sts.amazonaws.com'] },
        after: { kind: 'value', value: ['by-hand'] },
      },
      { field: 'tags.federate:owner:acme', before: { kind: 'value', value: 'sts.amazonaws.com' } },
    ])
    await resource.delete(await existing(resource), signal)
    expect((await existing(resource)).clientIds).toEqual(['by-hand'])
  })

  it('is changed so that an interruption at any write is continued by the next run', async () => {
    for (const stop of [
      'TagOpenIDConnectProvider',
      'AddClientIDToOpenIDConnectProvider',
      'RemoveClientIDFromOpenIDConnectProvider',
    ]) {
      const iam = withProvider(['old'], { ...createdMark('acme'), ...contributionTags('acme', ['old']) })
      const resource = resourceIn(iam, ['new'])
      iam.refuse(stop, 'AccessDenied')
      await expect(update(resource)).rejects.toMatchObject({ code: 'AWS_ACCESS_DENIED' })
      iam.allow()
      const done = await update(resource)
      expect(done.clientIds).toEqual(['new'])
      expect(resource.diff(resource.desired(), done)).toEqual([])
      expect(resource.ownership(done)).toBe('ours')
    }
  })

  it('gets thumbprints where they are wished, and keeps what is there as far as there is room', async () => {
    const iam = new MemoryIam()
    const [a, b] = ['a', 'b'].map((digit) => digit.repeat(40))
    if (a === undefined || b === undefined) throw new Error('there are two')
    const resource = resourceIn(iam, undefined, undefined, [a])
    expect(resource.diff(resource.desired(), undefined)).toContainEqual({
      field: 'thumbprints',
      after: { kind: 'value', value: [a] },
    })
    const made = await resource.create(resource.desired(), signal)
    expect(await existing(resource)).toEqual(made)
    const renewed = resourceIn(iam, undefined, undefined, [b])
    expect(renewed.diff(renewed.desired(), made)).toEqual([
      { field: 'thumbprints', before: { kind: 'value', value: [a] }, after: { kind: 'value', value: [a, b] } },
    ])
    expect((await update(renewed)).thumbprints).toEqual([a, b])
    expect(renewed.diff(renewed.desired(), await existing(renewed))).toEqual([])
    // Who wishes for none leaves those that are there, also the one that IAM took by itself.
    expect(resourceIn(iam).diff(resourceIn(iam).desired(), await existing(renewed))).toEqual([])
    const full = ['1', '2', '3', '4', '5'].map((digit) => digit.repeat(40))
    const provider = iam.providers.get(arn)
    if (provider !== undefined) provider.thumbprints = full
    expect((await update(resource)).thumbprints).toEqual([...full.slice(0, 4), a])
  })

  it('that somebody else made in the meantime is an error that says so', async () => {
    const iam = withProvider([], {})
    const resource = resourceIn(iam)
    await expect(resource.create(resource.desired(), signal)).rejects.toMatchObject({
      code: 'AWS_CHANGED_MEANWHILE',
      problem: `AWS refused iam:CreateOpenIDConnectProvider on ${arn}: EntityAlreadyExists: Provider with url keycloak.example.com/realms/prod already exists. Somebody changed it after it was read.`,
    })
  })
})
