import type { ServiceWish, TargetWish } from '@federate/core'
import { providerIdOf, providerNameOf } from './trust/names.ts'
import { audienceOf, type GcpWish } from './wish.ts'

/** The audience that a target will need: known before anything exists, because a provider's name is known then. */
export function wishedAudience({ wish }: TargetWish<GcpWish>, service: ServiceWish): string | undefined {
  if (wish.audience === 'client') return undefined
  const { projectNumber = '', pool = '' } = wish
  return audienceOf(wish, providerNameOf(projectNumber, pool, providerIdOf(wish, service)), service.clientId)
}
