import type { ServiceWish } from '@federate/core'

/** Seconds that tokens live: clouds need time for the exchange and its retries, one's own APIs do not. */
const lifetimeForClouds = 1200
const lifetimeForApis = 300

/** Seconds that the service's tokens live. */
export function lifetimeOf(service: ServiceWish): number {
  return service.tokenLifetime ?? (service.targets.length > 0 ? lifetimeForClouds : lifetimeForApis)
}
