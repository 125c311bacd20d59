import { describe } from 'vitest'
import { keycloakAvailability } from './availability.ts'
import { lifeSuite } from './life.suite.ts'
import { ownershipSuite } from './ownership.suite.ts'
import { requestSuite } from './requests.suite.ts'
import { trapSuite } from './traps.suite.ts'
import { TrustWorld } from './trust-world.ts'

describe.skipIf(!keycloakAvailability().available)('setup on a real Keycloak 26.7.4', () => {
  const world = TrustWorld.describe('26.7.4')
  lifeSuite(world)
  trapSuite(world)
  ownershipSuite(world)
  requestSuite(world)
})
