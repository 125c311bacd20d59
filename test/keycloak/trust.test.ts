import { describe } from 'vitest'
import { keycloakAvailability } from './availability.ts'
import { trustSuite } from './trust.suite.ts'

describe.skipIf(!keycloakAvailability().available)('setup on a real Keycloak 26.7.4', () => {
  trustSuite('26.7.4', '/')
})
