import { FederateError, type ServiceWish } from '@federate/core'
import { serviceAccountSubject } from '../service-account.ts'
import { lifetimeOf } from '../token-lifetime.ts'
import type { RealmState } from './realm-state.ts'

const howToMake: Readonly<Record<string, string>> = {
  tls_client_auth: 'whose certificate it is (registration.certificateSubject)',
  jwt_file: 'whose assertions these are (registration.identityProvider and assertionSubject)',
}

/** Says which clients have to be made by hand. A service that is given its tokens needs none. */
export function warnOfOtherServices(services: readonly ServiceWish[], warn: (message: string) => void): void {
  for (const { name, clientId, auth } of services) {
    const missing = howToMake[auth.method]
    if (missing === undefined) continue
    warn(
      `The client ${clientId} of ${name} is not made here, because federate.yaml does not say ${missing}. Add it, or make the client by hand, as docs/keycloak.md says.`,
    )
  }
}

/** Tokens end with the session that they belong to, whatever their own lifetime. */
export function warnOfCappedLifetimes(
  services: readonly ServiceWish[],
  maximum: number | undefined,
  warn: (message: string) => void,
): void {
  if (maximum === undefined) return
  for (const service of services.filter((one) => lifetimeOf(one) > maximum)) {
    warn(
      `The tokens of ${service.name} are to live ${lifetimeOf(service)} s, and the realm ends sessions after ${maximum} s (SSO Session Max), and the tokens with them.`,
    )
  }
}

/** Bytes that a cloud takes of a subject; google.subject (Google Cloud IAM, workload identity federation). */
const longestSubjects: Readonly<Record<string, number>> = { gcp: 127 }

/** Says which services a cloud cannot know by their subject: the client id is too long for it. */
export function warnOfLongSubjects(services: readonly ServiceWish[], warn: (message: string) => void): void {
  for (const { name, clientId, targets } of services) {
    const bytes = Buffer.byteLength(serviceAccountSubject(clientId))
    for (const cloud of new Set(targets.map((target) => target.cloud))) {
      const longest = longestSubjects[cloud]
      if (longest === undefined || bytes <= longest) continue
      warn(
        `The subject of ${name} in ${cloud}, ${serviceAccountSubject(clientId)}, has ${bytes} bytes, and ${cloud} takes at most ${longest}: give the service a shorter clientId.`,
      )
    }
  }
}

/** Another issuer's assertions need an identity provider of the realm that vouches for it. */
export async function refuseMissingIdentityProviders(
  services: readonly ServiceWish[],
  state: RealmState,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, registration } of services) {
    const alias = registration?.identityProvider
    if (alias === undefined) continue
    const found = await state.api.find(`/identity-provider/instances/${encodeURIComponent(alias)}`, signal)
    if (found !== undefined) continue
    throw new FederateError({
      code: 'KEYCLOAK_NO_IDENTITY_PROVIDER',
      outcome: 'refused',
      problem: `The service ${name} proves itself by assertions of the identity provider ${alias}, which the realm ${state.api.place.realm} does not have.`,
      next: 'Create it (Identity providers, OpenID Connect or Kubernetes, with client assertions allowed), or correct registration.identityProvider.',
      details: { service: name, alias },
    })
  }
}
