import {
  assertionType,
  type Claims,
  checkAudience,
  checkFirstUse,
  checkTimes,
  claimsOf,
  refused,
  signatureBy,
  type TimeLimits,
} from './client-assertion.ts'
import { Refusal } from './message.ts'
import type { ClientDefinition, TrustedIssuer } from './realm.ts'
import type { RunningRealm } from './running-realm.ts'

/** Keycloak's defaults for an identity provider; another system's clock is forgiven nothing. */
const limits: TimeLimits = { clockSkew: 0, maximumAge: 300 }

interface Federated {
  readonly client: ClientDefinition
  readonly trusted: TrustedIssuer
  readonly assertion: string
  readonly claims: Claims
}

/** The client that an assertion of a trusted issuer is for, or `undefined` for anything else. */
export function federatedClient(realm: RunningRealm, form: URLSearchParams): string | undefined {
  return federatedAssertion(realm, form)?.client.clientId
}

/**
 * Checks an assertion that another system signed for the client, as Keycloak 26.7.4 does: it finds the client by the
 * assertion, then compares, then checks algorithm, signature, audience (the issuer alone), times, and reuse.
 *
 * @throws Refusal as Keycloak words it.
 */
export async function verifyFederatedAssertion(
  realm: RunningRealm,
  clientId: string,
  form: URLSearchParams,
): Promise<void> {
  const found = federatedAssertion(realm, form)
  if (found === undefined) throw unknownClient()
  const { client, trusted, assertion, claims } = found
  if (client.clientId !== clientId) throw refused('client_id parameter does not match authenticated client')
  if ((await signatureBy(assertion, trusted.jwks.keys)) !== 'verified') throw unknownClient()
  checkAudience(claims, [realm.issuer])
  const expires = checkTimes(realm, claims, limits)
  if (trusted.singleUse === true) checkFirstUse(realm, client, claims, expires)
}

function federatedAssertion(realm: RunningRealm, form: URLSearchParams): Federated | undefined {
  if (form.get('client_assertion_type') !== assertionType) return undefined
  const assertion = form.get('client_assertion') ?? ''
  const claims = claimsOf(assertion)
  const trusted = realm.definition.trustedIssuers?.find(({ issuer }) => issuer === claims?.['iss'])
  if (claims === undefined || trusted === undefined) return undefined
  const client = realm.definition.clients.find(
    ({ federated }) => federated?.trustedIssuer === trusted.name && federated.subject === claims['sub'],
  )
  return client === undefined ? undefined : { client, trusted, assertion, claims }
}

function unknownClient(): Refusal {
  return new Refusal(401, 'invalid_client', 'Invalid client or Invalid client credentials')
}
