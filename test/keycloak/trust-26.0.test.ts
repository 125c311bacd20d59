import { describe } from 'vitest'
import { keycloakAvailability } from './availability.ts'
import { trustSuite } from './trust.suite.ts'

describe.skipIf(!keycloakAvailability().available)('setup on a real Keycloak 26.0.8 under /auth', () => {
  trustSuite('26.0.8', '/auth')
})
