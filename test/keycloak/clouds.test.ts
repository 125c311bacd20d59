import { afterAll, beforeAll, describe } from 'vitest'
import { azureSuite } from '../azure/keycloak.suite.ts'
import { tenant } from '../azure/place.ts'
import { googleSuite } from '../gcp/keycloak.suite.ts'
import { twoServices } from '../gcp/place.ts'
import { keycloakAvailability } from './availability.ts'
import { countTokens } from './issued-tokens.ts'
import { type KeycloakPlace, keycloakPlace } from './place.ts'
import { firstStart } from './server.ts'

const yaml = `${twoServices}
  archive:
    auth: { method: client_secret_basic, secret: { file: secrets/archive } }
    targets:
      files: { cloud: azure, tenant: ${tenant}, application: archive, scope: https://storage.azure.com }
`

describe.skipIf(!keycloakAvailability().available)('clouds, by tokens of a real Keycloak', () => {
  let started: KeycloakPlace | undefined
  const running = (): KeycloakPlace => {
    if (started === undefined) throw new Error('Keycloak has not started')
    return started
  }

  beforeAll(async () => {
    started = await keycloakPlace(yaml)
    await started.setup('keycloak')
    await countTokens(started)
  }, firstStart)

  afterAll(async () => {
    await started?.place.close()
    await started?.keycloak.close()
  })

  googleSuite(running)
  azureSuite(running)
})
