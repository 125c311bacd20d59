import type { Resource } from '@federate/core/plan'
import { parseMember } from '../rules/index.ts'
import { readProvider } from './actual-provider.ts'
import { markOf } from './marks.ts'
import { type Grant, MemberResource } from './member.ts'
import { accountPlace, type PolicyPlace, projectPlace } from './policies.ts'
import { PoolResource, readPool } from './pool.ts'
import type { ProjectWork } from './project.ts'
import { ProviderResource, providerAddress } from './provider.ts'
import { accountAddress, readAccount, ServiceAccountResource } from './service-account.ts'

/** What is looked for in one project. */
export interface ProjectDiscovery {
  readonly work: ProjectWork
  readonly owner: string
  /** What federate.yaml wants; such an object comes back as it stands there. */
  readonly wanted: readonly Resource[]
  /** Places with policies that federate.yaml names: service accounts of others. */
  readonly places: readonly PolicyPlace[]
}

/** Finds what the owner made, also what federate.yaml has forgotten; what is deleted already is left out. */
export async function discover(request: ProjectDiscovery, signal: AbortSignal): Promise<readonly Resource[]> {
  const pools = await ownPools(request, signal)
  const providers = await Promise.all(pools.map((pool) => ownProviders(request, pool, signal)))
  const accounts = await ownAccounts(request, signal)
  const members = await ownMembers(request, pools, accounts, signal)
  const { work, owner, wanted } = request
  const found: Resource[] = [
    ...pools.map((id) => new PoolResource(work, { owner, id, words: '', services: [] })),
    ...providers.flat(),
    ...accounts.map((email) => foundAccount(request, email)),
    ...members,
  ]
  return found.map((resource) => wanted.find((one) => one.address === resource.address) ?? resource)
}

async function ownPools({ work, owner }: ProjectDiscovery, signal: AbortSignal): Promise<readonly string[]> {
  const pools = [...(await work.state.pools(signal))].map(([id, raw]) => ({ id, ...readPool(raw) }))
  return pools
    .filter(({ description, deleted }) => !deleted && markOf(description)?.owner === owner)
    .map(({ id }) => id)
}

/** Its wish is what is there: nobody wants anything else of it. */
async function ownProviders(
  { work, owner }: ProjectDiscovery,
  pool: string,
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  return [...(await work.state.providers(pool, signal))].flatMap(([id, raw]) => {
    if (raw['oidc'] === undefined) return []
    const actual = readProvider(raw, providerAddress(work.id, pool, id))
    if (actual.deleted || markOf(actual.description)?.owner !== owner) return []
    return [new ProviderResource(work, { owner, pool, id, words: '', services: [] }, actual)]
  })
}

async function ownAccounts({ work, owner }: ProjectDiscovery, signal: AbortSignal): Promise<readonly string[]> {
  const accounts = [...(await work.state.accounts(signal)).values()].flatMap((raw) => readAccount(raw) ?? [])
  return accounts.filter(({ description }) => markOf(description)?.owner === owner).map(({ email }) => email)
}

function foundAccount({ work, owner }: ProjectDiscovery, email: string): Resource {
  const id = email.split('@')[0] ?? email
  return new ServiceAccountResource(work, { owner, id, words: '', services: [] })
}

/** Members that mean principals of our pools, or accounts that we made. */
async function ownMembers(
  { work, places }: ProjectDiscovery,
  pools: readonly string[],
  accounts: readonly string[],
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const own = accounts.map((email) => accountPlace(email, work.id, true))
  const everywhere = new Map([projectPlace(work.id), ...own, ...places].map((place) => [place.path, place]))
  const found: Resource[] = []
  for (const place of everywhere.values()) {
    if (place.account !== undefined && !accounts.includes(place.account)) continue
    for (const { role, member } of await work.policies.grants(place, signal)) {
      const dependsOn = dependencies(work, member, pools, accounts)
      if (dependsOn.length === 0) continue
      const grant: Grant = { place, role, member }
      const account = place.account === undefined ? [] : [accountAddressOf(work, place.account)]
      const providers = await providerAddresses(work, dependsOn, signal)
      found.push(new MemberResource(work, { ...grant, dependsOn: [...account, ...providers], services: [] }))
    }
  }
  return found
}

/** The ids of our pools, or the addresses of our accounts, that a member means. */
function dependencies(
  work: ProjectWork,
  member: string,
  pools: readonly string[],
  accounts: readonly string[],
): readonly string[] {
  const parsed = parseMember(member)
  if (parsed?.project === work.number && pools.includes(parsed.pool)) return [parsed.pool]
  const email = member.startsWith('serviceAccount:') ? member.slice('serviceAccount:'.length) : ''
  return accounts.includes(email) ? [accountAddressOf(work, email)] : []
}

/** A binding goes before the providers of its pool. */
async function providerAddresses(work: ProjectWork, needs: readonly string[], signal: AbortSignal): Promise<string[]> {
  const lists = needs.map(async (need) => {
    if (need.startsWith('gcp:')) return [need]
    return [...(await work.state.providers(need, signal)).keys()].map((id) => providerAddress(work.id, need, id))
  })
  return (await Promise.all(lists)).flat()
}

function accountAddressOf({ id }: ProjectWork, email: string): string {
  return accountAddress(id, email.split('@')[0] ?? email)
}
