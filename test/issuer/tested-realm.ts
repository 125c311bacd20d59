import { apiScope, type ClientScope, cloudScopes, userPropertyMapper } from '@federate/keycloak'
import { basicScope, type RealmDefinition } from '@federate/sandbox'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'

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
  /** Of the issuers that `federated` clients have signed for them. */
  readonly workloads: CryptoKey
  /** A private key of the client `signed` for every kind of signature, as JWKs with their `kid`. */
  readonly privateKeys: { readonly keys: readonly JWK[] }
}

/** With characters that form-encoding changes. */
export const awkward = { clientId: 'Reporting', secret: 's:p&c é/%+' }
export const billing = { clientId: 'billing', secret: 'only-for-tests' }
export const apiOnly = { clientId: 'api-only', secret: 'also-only-for-tests' }
export const hmac = { clientId: 'hmac', secret: 'a-secret-of-thirty-two-bytes-or-more' }
export const refreshing = { clientId: 'refreshing', secret: 'refreshed-only-for-tests' }
export const workloads = 'https://workloads.example'
export const workloadsOnce = 'https://once.example'
/** Clients that another issuer signs for. */
const federatedClients = [
  { clientId: 'federated', federated: { trustedIssuer: 'workloads', subject: 'system:billing' } },
  { clientId: 'federated-too', federated: { trustedIssuer: 'workloads', subject: 'system:reporting' } },
  { clientId: 'federated-once', federated: { trustedIssuer: 'once', subject: 'system:billing' } },
]
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

/** A scope that sets `sub` and leaves `azp` alone. */
export const namedSubject: ClientScope = {
  name: 'named-subject',
  description: 'The service account by its name',
  mappers: [userPropertyMapper('named-subject', 'username', 'sub')],
}

/** A realm with one client per way of authentication, the scopes of the clouds, an attached API and a detached one. */
export async function testedRealm(): Promise<TestedRealm> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key = { ...(await exportJWK(publicKey)), kid: keyId, use: 'sig', alg: 'RS256' }
  const workload = await generateKeyPair('RS256')
  const workloadKey = { ...(await exportJWK(workload.publicKey)), kid: keyId, use: 'sig', alg: 'RS256' }
  const trusted = { jwks: { keys: [workloadKey] } }
  const pairs = await Promise.all(kinds.map(keyPair))
  const service = {
    defaultScopes: [basicScope],
    optionalScopes: [...cloudScopes.map((scope) => scope.name), 'api://orders', namedSubject.name],
    claims: {},
    accessTokenLifespan: 1_200,
  }
  const definition: RealmDefinition = {
    name: 'tested',
    scopes: [...cloudScopes, apiScope('api://orders'), apiScope('api://detached'), namedSubject],
    trustedIssuers: [
      { ...trusted, name: 'workloads', issuer: workloads },
      { ...trusted, name: 'once', issuer: workloadsOnce, singleUse: true },
    ],
    clients: [
      ...federatedClients.map((client) => ({ ...service, ...client })),
      { ...service, ...billing },
      { ...service, ...awkward, claims: customClaims },
      { ...service, clientId: 'signed', jwks: { keys: [key, ...pairs.map(({ open }) => open)] } },
      { ...service, ...hmac, secretAlgorithm: 'HS256' },
      { ...service, ...refreshing, useRefreshToken: true },
      {
        ...service,
        ...apiOnly,
        optionalScopes: ['api://orders'],
        accessTokenLifespan: 300,
      },
    ],
  }
  return { definition, privateKey, workloads: workload.privateKey, privateKeys: { keys: pairs.map(({ own }) => own) } }
}

/** By kid, an algorithm that its kind of key can do. */
const kinds = [
  ['rsa', 'PS256'],
  ['p256', 'ES256'],
  ['p384', 'ES384'],
  ['p521', 'ES512'],
  ['ed25519', 'EdDSA'],
] as const

async function keyPair([kid, algorithm]: (typeof kinds)[number]): Promise<{ open: JWK; own: JWK }> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  return { open: { ...(await exportJWK(publicKey)), kid, use: 'sig' }, own: { ...(await exportJWK(privateKey)), kid } }
}
