import { apiScope, cloudScopes } from '@federate/keycloak'
import { basicScope, type RealmDefinition } from '@federate/sandbox'
import { type CryptoKey, exportJWK, generateKeyPair } from 'jose'

/** An issuer under test: the realm `tested` of `testedRealm()` behind a real socket. */
export interface TestedIssuer {
  /** Everything before `/realms`. */
  readonly url: string
  close(): Promise<void>
}

export interface TestedRealm {
  readonly definition: RealmDefinition
  /** Of the client `signed`. */
  readonly privateKey: CryptoKey
}

/** With characters that form-encoding changes. */
export const awkward = { clientId: 'Reporting', secret: 's:p&c é/%+' }
export const billing = { clientId: 'billing', secret: 'only-for-tests' }
export const apiOnly = { clientId: 'api-only', secret: 'also-only-for-tests' }
export const keyId = 'signed-2026'

export const customClaims = {
  environment: 'production',
  enabled: true,
  count: 42,
  ratio: 1.5,
  list: ['a', 1],
  'nested.name': 'one claim, not an object',
  'https://aws.amazon.com/tags': { principal_tags: { Team: ['x'] }, transitive_tag_keys: ['Team'] },
}

/** A realm with one client per way of authentication, the scopes of the clouds, an attached API and a detached one. */
export async function testedRealm(): Promise<TestedRealm> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key = { ...(await exportJWK(publicKey)), kid: keyId, use: 'sig', alg: 'RS256' }
  const service = {
    defaultScopes: [basicScope],
    optionalScopes: [...cloudScopes.map((scope) => scope.name), 'api://orders'],
    claims: {},
    accessTokenLifespan: 1_200,
  }
  const definition: RealmDefinition = {
    name: 'tested',
    scopes: [...cloudScopes, apiScope('api://orders'), apiScope('api://detached')],
    clients: [
      { ...service, ...billing },
      { ...service, ...awkward, claims: customClaims },
      { ...service, clientId: 'signed', jwks: { keys: [key] } },
      {
        ...service,
        ...apiOnly,
        optionalScopes: ['api://orders'],
        accessTokenLifespan: 300,
      },
    ],
  }
  return { definition, privateKey }
}
