import { afterAll, beforeAll, describe } from 'vitest'
import { firstStart } from '../keycloak/server.ts'
import { authenticationSuite } from './authentication.suite.ts'
import { federatedSuite } from './federated.suite.ts'
import { logoutSuite } from './logout.suite.ts'
import { protocolSuite } from './protocol.suite.ts'
import { refreshSuite } from './refresh.suite.ts'
import { revocationSuite } from './revocation.suite.ts'
import { type TestedIssuer, type TestedRealm, testedRealm } from './tested-realm.ts'
import { tokenSuite } from './token.suite.ts'

/** What the parts of the suite work on; usable from inside tests only. */
export interface Subject {
  /** Everything before `/realms`. */
  readonly url: string
  /** The issuer identifier of the tested realm. */
  readonly issuer: string
  readonly realm: TestedRealm
}

/**
 * The behaviour that an issuer must show, run over a real Keycloak and over the sandbox alike, so that the sandbox cannot
 * drift from what it stands for.
 */
export function issuerSuite(name: string, start: (realm: TestedRealm) => Promise<TestedIssuer>): void {
  describe(name, () => {
    let started: { realm: TestedRealm; server: TestedIssuer } | undefined
    beforeAll(async () => {
      const realm = await testedRealm()
      started = { realm, server: await start(realm) }
    }, firstStart)
    afterAll(async () => started?.server.close())
    const subject = (): Subject => {
      if (started === undefined) throw new Error('the issuer has not started')
      const { url } = started.server
      return { url, issuer: `${url}/realms/${started.realm.definition.name}`, realm: started.realm }
    }
    authenticationSuite(subject)
    federatedSuite(subject)
    tokenSuite(subject)
    refreshSuite(subject)
    revocationSuite(subject)
    logoutSuite(subject)
    protocolSuite(subject)
  })
}
