import {
  type ClientAuthentication,
  clientAuthenticationAt,
  type NumberRange,
  type OptionPlace,
  type Seconds,
} from '@federate/core'
import { timeoutRange } from '../verifier-settings.ts'

/** How an issuer is asked whether a token still holds (RFC 7662). */
export interface IntrospectionOptions {
  /** The client as which this API asks. Keycloak 26.7 answers only clients that stand in the token's `aud`. */
  readonly clientId: string
  readonly auth: ClientAuthentication
  /** Where to ask. Default: what the issuer's discovery document says. */
  readonly endpoint?: string
  /** Seconds for which an answer counts, and so how late a revocation may bite. 0: ask every time; 3,600 at most. Default: 10. */
  readonly lifetime?: Seconds
  /**
   * What happens to a token whose signature and claims hold while the issuer cannot be asked: `refuse` it with 503, or
   * `accept` it until it expires. Default: `refuse`.
   */
  readonly onFailure?: 'refuse' | 'accept'
  /** Seconds for one request, 60 at most. Default: 5. */
  readonly timeout?: Seconds
}

/** How an issuer is asked, checked, with the defaults filled in. */
export type CheckedIntrospection = Required<Omit<IntrospectionOptions, 'endpoint'>> & {
  readonly endpoint: string | undefined
}

const names = Object.keys({
  ...{ clientId: true, auth: true, endpoint: true, lifetime: true, onFailure: true, timeout: true },
} satisfies Record<keyof IntrospectionOptions, true>)

const lifetimeRange: NumberRange = {
  ...{ minimum: 0, maximum: 3_600 },
  reason: 'Give seconds: a token that was revoked is accepted for that long; 0 asks every time.',
}

/** @throws FederateError (usage) `VERIFIER_OPTION`, `VERIFIER_OPTION_UNKNOWN`. */
export function checkedIntrospection(given: IntrospectionOptions, place: OptionPlace): CheckedIntrospection {
  const { clientId, auth, endpoint, lifetime = 10, onFailure = 'refuse', timeout = 5 } = place.object(given, names)
  return {
    clientId: place.at('clientId').text(clientId),
    // Without it the issuer could never be asked, which `onFailure: 'accept'` would overlook for ever.
    auth: clientAuthenticationAt(auth, place.at('auth')),
    endpoint: endpoint === undefined ? undefined : place.at('endpoint').text(endpoint),
    lifetime: place.at('lifetime').number(lifetime, lifetimeRange),
    onFailure: place.at('onFailure').choice(onFailure, ['refuse', 'accept']),
    timeout: place.at('timeout').number(timeout, timeoutRange),
  }
}
