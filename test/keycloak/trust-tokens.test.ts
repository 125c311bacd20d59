import { describe } from 'vitest'
import { accessSuite } from './access.suite.ts'
import { keycloakAvailability } from './availability.ts'
import { credentialSuite } from './credentials.suite.ts'
import { federatedSuite } from './federated.suite.ts'
import { outageSuite } from './outage.suite.ts'
import { refusalSuite } from './refusals.suite.ts'
import { tokenSuite } from './tokens.suite.ts'
import { TrustWorld } from './trust-world.ts'

describe.skipIf(!keycloakAvailability().available)('tokens and access on a real Keycloak 26.7.4', () => {
  const world = TrustWorld.describe('26.7.4')
  tokenSuite(world, true)
  credentialSuite(world)
  federatedSuite(world)
  accessSuite(world)
  refusalSuite(world)
  outageSuite(world)
})
