import { describe, expect, it } from 'vitest'
import { accessSuite } from './access.suite.ts'
import { keycloakAvailability } from './availability.ts'
import { credentialSuite } from './credentials.suite.ts'
import { lifeSuite } from './life.suite.ts'
import { ownershipSuite } from './ownership.suite.ts'
import { refusalSuite } from './refusals.suite.ts'
import { requestSuite } from './requests.suite.ts'
import { tokenSuite } from './tokens.suite.ts'
import { trapSuite } from './traps.suite.ts'
import { billing, TrustWorld } from './trust-world.ts'

describe.skipIf(!keycloakAvailability().available)('setup on a real Keycloak 26.0.8 under /auth', () => {
  const world = TrustWorld.describe('26.0.8')
  lifeSuite(world)
  trapSuite(world, true)
  ownershipSuite(world)
  credentialSuite(world)
  accessSuite(world, true)
  refusalSuite(world)
  tokenSuite(world, false)
  requestSuite(world)

  it('what the server is too old for is refused before anything is changed', async () => {
    const federated = {
      ...billing,
      auth: { method: 'jwt_file' as const, file: '/run/assertion' },
      registration: { identityProvider: 'kubernetes', assertionSubject: 'system:serviceaccount:acme:billing' },
    }
    await expect(world.plan({ services: [federated] })).rejects.toMatchObject({
      code: 'KEYCLOAK_TOO_OLD',
      problem:
        'The service billing needs assertions of another issuer (auth.method jwt_file), for which Keycloak 26.6 is the first; the server is 26.0.8.',
    })
  })
})
