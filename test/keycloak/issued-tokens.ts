import { stringField } from './admin.ts'
import type { KeycloakPlace } from './place.ts'

/** Lets the server count the tokens that it issues. */
export function countTokens({ keycloak }: KeycloakPlace): Promise<unknown> {
  return keycloak.admin.put('/acme', { eventsEnabled: true, enabledEventTypes: ['CLIENT_LOGIN'] })
}

/** How many tokens Keycloak has issued to the client since `countTokens`, by its own count. */
export async function issuedTo({ keycloak }: KeycloakPlace, clientId: string): Promise<number> {
  const events = await keycloak.admin.get(`/acme/events?type=CLIENT_LOGIN&client=${clientId}&max=1000`)
  return Array.isArray(events) ? events.length : Number.NaN
}

/** A token as Keycloak issues it to a client that nobody configured: its full scope, and its own default audience. */
export async function defaultToken({ place, keycloak }: KeycloakPlace, clientId: string): Promise<string> {
  const client = { clientId, secret: 'only-for-tests', serviceAccountsEnabled: true, publicClient: false }
  await keycloak.admin.create('/acme/clients', client)
  const answer = await fetch(`${place.issuer}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: client.secret,
    }),
  })
  return stringField(await answer.json(), 'access_token')
}
