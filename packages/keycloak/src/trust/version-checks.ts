import { FederateError, type ServiceWish } from '@federate/core'
import { authenticatorOf } from './desired-client.ts'
import type { RealmState } from './realm-state.ts'

/** Since 25 the `sub` of a token comes from the scope `basic`. */
export async function refuseOldServer(state: RealmState, signal: AbortSignal): Promise<void> {
  if ((await state.scopes(signal)).has('basic')) return
  const version = await state.version(signal)
  throw new FederateError({
    code: 'KEYCLOAK_NO_BASIC_SCOPE',
    outcome: 'refused',
    problem: `The realm ${state.api.place.realm} has no client scope basic, without which tokens have no sub; the server is Keycloak ${version ?? 'of a version that this administrator may not see'}, and 25 is the first that has it.`,
    next: 'Update Keycloak to 26, or restore the scope basic with its mappers sub and auth_time.',
  })
}

interface Feature {
  readonly what: string
  /** The first version that has it: major and minor. */
  readonly since: readonly [number, number]
  isWanted(service: ServiceWish): boolean
}

/** What not every supported server can do. */
const features: readonly Feature[] = [
  {
    what: 'assertions of another issuer (auth.method jwt_file)',
    since: [26, 6],
    isWanted: (service) => authenticatorOf(service) === 'federated-jwt',
  },
]

/** Says, before anything is changed, what this server is too old for. */
export async function refuseMissingFeatures(
  services: readonly ServiceWish[],
  state: RealmState,
  signal: AbortSignal,
  warn: (message: string) => void,
): Promise<void> {
  for (const { what, since, isWanted } of features) {
    const service = services.find(isWanted)
    if (service === undefined) continue
    const needed = since.join('.')
    const version = await state.version(signal)
    if (version === undefined) {
      warn(
        `The service ${service.name} needs Keycloak ${needed} for ${what}; this administrator may not see the server's version.`,
      )
    } else if (isOlder(version, since)) throw tooOld(service, what, needed, version)
  }
}

/** Whether a version, such as `26.0.8` or `26.6.0.redhat-1`, is older than a release. */
export function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number)
  return ownMajor < major || (ownMajor === major && ownMinor < minor)
}

function tooOld({ name }: ServiceWish, what: string, needed: string, version: string): FederateError {
  return new FederateError({
    code: 'KEYCLOAK_TOO_OLD',
    outcome: 'refused',
    problem: `The service ${name} needs ${what}, for which Keycloak ${needed} is the first; the server is ${version}.`,
    next: `Update Keycloak to ${needed} or later, or let the service prove itself in another way.`,
    details: { service: name, needed, version },
  })
}
