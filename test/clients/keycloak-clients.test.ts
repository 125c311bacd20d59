import { afterAll, describe } from 'vitest'
import { makePlace } from '../cli/harness.ts'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { bootstrapAdmin } from '../keycloak/distribution.ts'
import { type RunningKeycloak, startKeycloak } from '../keycloak/server.ts'
import { awsClients, tagged } from './aws-clients.suite.ts'

let keycloak: RunningKeycloak | undefined

/** A real Keycloak whose realm the command makes, and the sandbox's AWS, which asks it for its keys. */
async function withKeycloak() {
  keycloak = await startKeycloak()
  await keycloak.admin.create('', { realm: 'acme', enabled: true, sslRequired: 'external' })
  const place = await makePlace(tagged, Number(new URL(keycloak.url).port))
  await place.startSandbox({ issuers: false })
  const env = {
    FEDERATE_KEYCLOAK_USERNAME: bootstrapAdmin.username,
    FEDERATE_KEYCLOAK_PASSWORD: bootstrapAdmin.password,
  }
  // The client of the other service signs with a key, which is not here.
  for (const side of ['keycloak', 'aws']) {
    const setup = await place.federate(`setup ${side} billing --yes`, { env })
    if (setup.status !== 0) throw new Error(setup.stderr + setup.stdout)
  }
  return place
}

afterAll(() => keycloak?.close())

describe.skipIf(!keycloakAvailability().available)('with tokens of a real Keycloak', () => {
  awsClients(withKeycloak)
})
