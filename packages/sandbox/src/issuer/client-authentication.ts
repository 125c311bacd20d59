import { createHash, timingSafeEqual } from 'node:crypto'
import { assertionClient, assertionType, verifyAssertion } from './client-assertion.ts'
import { federatedClient, verifyFederatedAssertion } from './federated-assertion.ts'
import { type IssuerRequest, Refusal } from './message.ts'
import type { ClientDefinition } from './realm.ts'
import { clientOf, type RunningRealm } from './running-realm.ts'

/** What of a request may prove a client, beside its form. */
export type Proofs = Pick<IssuerRequest, 'authorization' | 'certificateSubject'>

interface Presented {
  readonly clientId: string
  readonly secret?: string
  /** The header and the body name different clients. Keycloak goes by the body; refused here, whatever the secret. */
  readonly contradictory?: boolean
}

/** Keycloak says the same of a client it does not know and of a secret that is wrong; only the code differs. */
const words = 'Invalid client or Invalid client credentials'

/**
 * Finds out which client asks and checks its proof, in Keycloak's order: the client is named by `client_id`, then by the
 * Authorization header, then by the assertion; what proves it depends on the client.
 *
 * @throws Refusal as Keycloak 26.7.4 words it.
 */
export async function authenticateClient(
  realm: RunningRealm,
  request: Proofs,
  form: URLSearchParams,
): Promise<ClientDefinition> {
  const presented = presentedClient(realm, request.authorization, form)
  const client = presented === undefined ? undefined : clientOf(realm, presented.clientId)
  if (presented === undefined || client === undefined) throw new Refusal(401, 'invalid_client', words)
  if (client.federated !== undefined) {
    await verifyFederatedAssertion(realm, client.clientId, form)
  } else if (client.certificateSubject !== undefined) {
    verifyCertificate(client.certificateSubject, request, form)
  } else if (client.jwks !== undefined) {
    await verifyAssertion(realm, client, { jwks: client.jwks }, form)
  } else if (client.secret !== undefined && client.secretAlgorithm !== undefined) {
    await verifyAssertion(realm, client, { secret: client.secret, algorithm: client.secretAlgorithm }, form)
  } else if (!secretHolds(client, presented)) {
    throw new Refusal(401, 'unauthorized_client', words)
  }
  return client
}

function presentedClient(
  realm: RunningRealm,
  authorization: string | undefined,
  form: URLSearchParams,
): Presented | undefined {
  const clientId = form.get('client_id')
  const basic = basicCredentials(authorization)
  if (basic !== undefined) {
    return {
      ...basic,
      clientId: clientId ?? basic.clientId,
      contradictory: (clientId ?? basic.clientId) !== basic.clientId,
    }
  }
  const secret = form.get('client_secret')
  if (clientId !== null) return { clientId, ...(secret === null ? {} : { secret }) }
  if (form.get('client_assertion_type') !== assertionType) return undefined
  const asserted = assertionClient(form) ?? federatedClient(realm, form)
  return asserted === undefined ? undefined : { clientId: asserted }
}

/** RFC 8705 section 2.1: the handshake has checked the certificate, here its name is compared. */
function verifyCertificate(expected: string, { certificateSubject }: Proofs, form: URLSearchParams): void {
  if (form.get('client_id') === null) throw new Refusal(400, 'invalid_client', 'Missing client_id parameter')
  if (certificateSubject !== expected) throw new Refusal(401, 'invalid_client', words)
}

/** RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined. */
function basicCredentials(authorization: string | undefined): Presented | undefined {
  const encoded = /^basic +([\w+/]+=*)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) return undefined
  return { clientId: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) }
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new Refusal(400, 'unauthorized_client', 'Unexpected error when authenticating client')
  }
}

function secretHolds(client: ClientDefinition, presented: Presented): boolean {
  if (presented.contradictory === true || client.secret === undefined || presented.secret === undefined) return false
  return timingSafeEqual(digest(client.secret), digest(presented.secret))
}

/** Digests are of one length, as the comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
