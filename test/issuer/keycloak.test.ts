import { describe } from 'vitest'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { borrowKeycloak } from '../keycloak/borrow.ts'
import { issuerSuite } from './suite.ts'

describe.skipIf(!keycloakAvailability().available)('a real Keycloak', () => {
  issuerSuite('26.7.4', (realm) => borrowKeycloak('26.7.4', [realm.definition]))
})
