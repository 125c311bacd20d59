import { FederateError, type ServiceWish, type TargetWish, type Trust, type TrustRequest } from '@federate/core'
import type { Resource } from '@federate/core/plan'
import type { GcpRuntime } from '../target.ts'
import { audienceOf, type GcpWish } from '../wish.ts'
import type { GcpAccess } from './access.ts'
import { authorization } from './authorization.ts'
import { refuseSharedPools, sameProvider, uploadsKeys, warnOfPrivateIssuers } from './checks.ts'
import { desiredProvider, type GcpTarget } from './desired-provider.ts'
import { discover } from './discovery.ts'
import { GoogleClient } from './google-client.ts'
import { grantsOf, memberResources } from './grants.ts'
import { keysToUpload } from './keys.ts'
import { emailOf, ownAccountId, poolIdOf, providerIdOf, providerNameOf } from './names.ts'
import { PoolResource } from './pool.ts'
import { openProjects, type ProjectWork } from './project.ts'
import { ProviderResource } from './provider.ts'
import { ServiceAccountResource } from './service-account.ts'

/**
 * Google Cloud's side of the trust: in each project a pool and a provider for each issuer, the service accounts, and the
 * bindings that let services in.
 *
 * @throws FederateError `GCP_POOL_SHARED`, and those of `openProjects`, `keysToUpload` and `desiredProvider`.
 */
export async function gcpTrust(request: TrustRequest<GcpWish, GcpAccess>): Promise<Trust<GcpWish, GcpRuntime>> {
  const { owner, context, services } = request
  const targets = request.targets.map((target) => withService(target, services))
  refuseSharedPools(owner, targets)
  warnOfPrivateIssuers(targets, context)
  const where = { universe: targets[0]?.wish.universe }
  const client = new GoogleClient(authorization(request.access, context), context, where)
  const projects = await openProjects(projectsOf(targets, request), client, context)
  const resources: Resource[] = []
  for (const work of projects.values()) resources.push(...(await resourcesIn(work, targets, request)))
  return {
    resources,
    discover: async (signal) => {
      const found = [...projects.values()].map((work) =>
        discover({ ...findable(work, targets, owner), wanted: resources }, signal),
      )
      return (await Promise.all(found)).flat()
    },
    resolve: (target) => runtimeOf(owner, withService(target, services), projects),
  }
}

function withService({ name, service, wish }: TargetWish<GcpWish>, services: readonly ServiceWish[]): GcpTarget {
  const found = services.find((one) => one.name === service)
  if (found !== undefined) return { service: found, name, wish }
  throw new FederateError({
    code: 'GCP_NO_SERVICE',
    outcome: 'failed',
    problem: `The target ${name} is of the service ${service}, which is not among the services given.`,
    next: 'This is a fault of the caller of gcpTrust: give every service whose targets are given.',
  })
}

/** Those of the targets and of federate.admin.yaml; without either, the one that gcloud and Google's libraries work in. */
function projectsOf(
  targets: readonly GcpTarget[],
  { access, context: { env } }: TrustRequest<GcpWish, GcpAccess>,
): readonly Pick<GcpWish, 'project' | 'projectNumber'>[] {
  const others = (access?.projects ?? []).map((project) => ({ project }))
  const known = [...others, ...targets.map(({ wish }) => wish)]
  const current = env['CLOUDSDK_CORE_PROJECT'] || env['GOOGLE_CLOUD_PROJECT']
  return known.length > 0 || !current ? known : [{ project: current }]
}

function findable(work: ProjectWork, targets: readonly GcpTarget[], owner: string) {
  const own = targets.filter(({ wish }) => wish.project === work.id)
  const places = own.flatMap((target) => grantsOf(owner, work, target)).map(({ place }) => place)
  return { work, owner, places }
}

async function resourcesIn(
  work: ProjectWork,
  all: readonly GcpTarget[],
  request: TrustRequest<GcpWish, GcpAccess>,
): Promise<Resource[]> {
  const { owner } = request
  const targets = all.filter(({ wish }) => wish.project === work.id)
  const resources: Resource[] = [...accounts(owner, work, targets), ...memberResources(owner, work, targets)]
  const waiting = [...targets]
  for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
    const together = waiting.filter((one) => first !== undefined && sameProvider(owner, first, one))
    for (const one of together) waiting.splice(waiting.indexOf(one), 1)
    resources.push(...(await poolAndProvider(work, together, request)))
  }
  return unique(resources)
}

/** Several providers may share a pool. */
function unique(resources: readonly Resource[]): Resource[] {
  return [...new Map(resources.map((resource) => [resource.address, resource])).values()]
}

async function poolAndProvider(
  work: ProjectWork,
  targets: readonly GcpTarget[],
  { owner, context, directory }: TrustRequest<GcpWish, GcpAccess>,
): Promise<readonly Resource[]> {
  const [first] = targets
  if (first === undefined) return []
  const { service, wish } = first
  const [pool, id] = [poolIdOf(owner, wish, service), providerIdOf(wish, service)]
  const uploads = targets.some((target) => uploadsKeys(target, context.env))
  const keys = uploads ? await keysToUpload(service.issuer, directory, context) : undefined
  const desired = desiredProvider(providerNameOf(work.number, pool, id), targets, keys)
  const services = [...new Set(targets.map((target) => target.service.name))]
  const words = `Services of ${service.issuer.url}. Made by federate for ${owner}.`
  return [
    new PoolResource(work, { owner, id: pool, words, services }),
    new ProviderResource(work, { owner, pool, id, words, services }, desired),
  ]
}

function accounts(owner: string, work: ProjectWork, targets: readonly GcpTarget[]): readonly Resource[] {
  const ids = new Set(targets.flatMap(({ wish }) => ownAccountId(wish) ?? []))
  return [...ids].map((id) => {
    const using = targets.filter(({ wish }) => ownAccountId(wish) === id)
    const services = [...new Set(using.map(({ service }) => service.name))]
    const words = `What ${services.join(', ')} becomes by workload identity federation. Made by federate for ${owner}.`
    return new ServiceAccountResource(work, { owner, id, words, services })
  })
}

function runtimeOf(
  owner: string,
  { service, wish }: GcpTarget,
  projects: ReadonlyMap<string, ProjectWork>,
): GcpRuntime {
  const number = projects.get(wish.project)?.number ?? wish.project
  const provider = providerNameOf(number, poolIdOf(owner, wish, service), providerIdOf(wish, service))
  return {
    cloud: 'gcp',
    provider,
    project: wish.project,
    audience: audienceOf(wish, provider, service.clientId),
    audienceFrom: wish.audience === 'client' ? 'client' : undefined,
    serviceAccount: wish.serviceAccount === undefined ? undefined : emailOf(wish.serviceAccount, wish.project),
    subject: service.subject,
    lifetimeSeconds: wish.lifetimeSeconds,
    scopes: wish.scopes,
    location: wish.location,
    universe: wish.universe,
  }
}
