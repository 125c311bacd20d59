import { describe } from 'vitest'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { startKeycloak } from '../keycloak/server.ts'
import { issuerSuite } from './suite.ts'

describe.skipIf(!keycloakAvailability().available)('a real Keycloak', () => {
  issuerSuite('26.7.4', (realm) => startKeycloak({ realms: [realm.definition] }))
})
