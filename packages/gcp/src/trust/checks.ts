import { FederateError, isLoopbackHost, isPrivateHost, publicPaths, type TrustRequest } from '@federate/core'
import { endpoint } from '../endpoints.ts'
import type { GcpWish } from '../wish.ts'
import type { GcpTarget } from './desired-provider.ts'
import { poolIdOf, providerIdOf } from './names.ts'

/** Principals of a pool are told apart by their subject: the same subject of another issuer would be the same principal. */
export function refuseSharedPools(owner: string, targets: readonly GcpTarget[]): void {
  const seen = new Map<string, GcpTarget>()
  for (const target of targets) {
    const { service, wish } = target
    const key = `${wish.project}/${poolIdOf(owner, wish, service)}`
    const other = seen.get(key)
    if (other !== undefined && other.service.issuer.url !== service.issuer.url) throw sharedPool(other, target)
    seen.set(key, other ?? target)
  }
}

function sharedPool(one: GcpTarget, other: GcpTarget): FederateError {
  return new FederateError({
    code: 'GCP_POOL_SHARED',
    outcome: 'usage',
    problem: `${nameOf(one)} and ${nameOf(other)} want the same pool for two issuers, ${one.service.issuer.url} and ${other.service.issuer.url}: Google would take a subject of the one for the same subject of the other.`,
    next: 'Give one of the two another pool in federate.yaml.',
  })
}

/** Whether the provider holds a copy of the issuer's keys, because Google cannot fetch them. */
export function uploadsKeys({ service, wish }: GcpTarget, env: TrustRequest['context']['env']): boolean {
  if (wish.keys !== undefined) return wish.keys === 'uploaded'
  return isPrivateHost(service.issuer.url) && !bothLocal(service.issuer.url, wish, env)
}

/** A Google on this machine, the sandbox, does reach an issuer on this machine. */
function bothLocal(issuer: string, wish: GcpWish, env: TrustRequest['context']['env']): boolean {
  const isLocal = (url: string) => isLoopbackHost(URL.parse(url)?.hostname ?? '')
  return isLocal(issuer) && isLocal(endpoint('sts', wish, env))
}

/** Says what uploading means, once for each issuer, and what must be public where it is not done. */
export function warnOfPrivateIssuers(targets: readonly GcpTarget[], { env, warn }: TrustRequest['context']): void {
  const seen = new Set<string>()
  for (const target of targets) {
    const { url } = target.service.issuer
    if (seen.has(url) || !isPrivateHost(url) || bothLocal(url, target.wish, env)) continue
    seen.add(url)
    if (uploadsKeys(target, env)) {
      warn(
        `Google cannot reach the issuer ${url}, so its keys are uploaded. They are a copy: after a rotation, \`federate status gcp\` shows the difference, and \`federate setup gcp\` uploads them anew.`,
      )
    } else {
      warn(
        `Google cannot reach the issuer ${url}, and will refuse its tokens. What must be public: ${publicPaths(url).join(' and ')}.`,
      )
    }
  }
}

/** All targets of one provider must agree on whether its keys are uploaded. */
export function sameProvider(owner: string, one: GcpTarget, other: GcpTarget): boolean {
  return (
    one.wish.project === other.wish.project &&
    poolIdOf(owner, one.wish, one.service) === poolIdOf(owner, other.wish, other.service) &&
    providerIdOf(one.wish, one.service) === providerIdOf(other.wish, other.service)
  )
}

function nameOf({ service, name }: GcpTarget): string {
  return `services.${service.name}.targets.${name}`
}
