import { describe } from 'vitest'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { keysSuite } from './keys.suite.ts'

describe.skipIf(!keycloakAvailability().available)('keys on a real Keycloak 26.0.8 under /auth', () => {
  keysSuite('26.0.8')
})
