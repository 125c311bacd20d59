import { afterAll, describe } from 'vitest'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { type KeycloakPlace, keycloakPlace } from '../keycloak/place.ts'
import { awsClients, tagged } from './aws-clients.suite.ts'

let started: KeycloakPlace | undefined

async function withKeycloak() {
  started = await keycloakPlace(tagged)
  // The client of the other service signs with a key, which is not here.
  for (const side of ['keycloak', 'aws']) await started.setup(`${side} billing`)
  return started.place
}

afterAll(() => started?.keycloak.close())

describe.skipIf(!keycloakAvailability().available)('with tokens of a real Keycloak', () => {
  awsClients(withKeycloak)
})
