import { describe } from 'vitest'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { keysSuite } from './keys.suite.ts'

describe.skipIf(!keycloakAvailability().available)('keys on a real Keycloak 26.7.4', () => {
  keysSuite('26.7.4')
})
