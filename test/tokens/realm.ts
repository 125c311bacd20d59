import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { cloudScopes } from '@federate/keycloak'
import { basicScope, type RealmDefinition } from '@federate/sandbox'
import { certifiedClients } from '../issuer/certificate.suite.ts'
import type { KeycloakAdmin } from '../keycloak/admin.ts'

export const realmName = 'tokens'
export const secret = 'only-for-tests-and-long-enough-for-HS512-only-for-tests-and-long-enough'

/** What the fixture of all realms makes; the clients of `addClients` come on top. */
export const realm: RealmDefinition = { name: realmName, scopes: [...cloudScopes], clients: [] }

/** A private key for every kind of signature, under a kid of its own. */
const keys: Readonly<Record<string, KeyObject>> = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  p521: generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
  ed25519: generateKeyPairSync('ed25519').privateKey,
}

export function keyOf(name: string): KeyObject {
  const key = keys[name]
  if (key === undefined) throw new Error(`no key is named ${name}`)
  return key
}

/** The private keys as a JWKS. */
export function privateJwks(): { keys: object[] } {
  return { keys: Object.entries(keys).map(([kid, key]) => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' })) }
}

function publicJwks(): string {
  const secretMembers = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi'])
  const open = privateJwks().keys.map((key) =>
    Object.fromEntries(Object.entries(key).filter(([name]) => !secretMembers.has(name))),
  )
  return JSON.stringify({ keys: open })
}

type Attributes = Readonly<Record<string, string>>

export async function addClient(
  admin: KeycloakAdmin,
  clientId: string,
  clientAuthenticatorType: string,
  attributes: Attributes = {},
): Promise<void> {
  await admin.create(`/${realmName}/clients`, {
    clientId,
    clientAuthenticatorType,
    secret,
    attributes: { 'access.token.lifespan': '300', ...attributes },
    protocol: 'openid-connect',
    publicClient: false,
    serviceAccountsEnabled: true,
    standardFlowEnabled: false,
    directAccessGrantsEnabled: false,
    fullScopeAllowed: false,
    defaultClientScopes: [basicScope],
    optionalClientScopes: cloudScopes.map((scope) => scope.name),
  })
}

/** One client for every way of authentication that all versions know. */
export async function addClients(admin: KeycloakAdmin): Promise<void> {
  await addClient(admin, 'secret', 'client-secret')
  for (const algorithm of ['HS256', 'HS384', 'HS512']) {
    await addClient(admin, `secret-${algorithm}`, 'client-secret-jwt', {
      'token.endpoint.auth.signing.alg': algorithm,
    })
  }
  await addClient(admin, 'signed', 'client-jwt', { 'use.jwks.string': 'true', 'jwks.string': publicJwks() })
  for (const { clientId, certificateSubject, useRefreshToken } of certifiedClients) {
    await addClient(admin, clientId, 'client-x509', {
      'x509.subjectdn': certificateSubject,
      'x509.allow.regex.pattern.comparison': 'false',
      'client_credentials.use_refresh_token': String(useRefreshToken === true),
    })
  }
  await addClient(admin, 'refreshing', 'client-secret', { 'client_credentials.use_refresh_token': 'true' })
}

/** Lets a client in by assertions of another issuer, whose keys are at `jwksUrl` (26.6 and later). */
export async function addFederatedClient(admin: KeycloakAdmin, issuer: string, jwksUrl: string): Promise<void> {
  await admin.create(`/${realmName}/identity-provider/instances`, {
    alias: 'workloads',
    providerId: 'oidc',
    enabled: true,
    hideOnLogin: true,
    config: {
      issuer,
      jwksUrl,
      useJwksUrl: 'true',
      validateSignature: 'true',
      supportsClientAssertions: 'true',
      supportsClientAssertionReuse: 'true',
      authorizationUrl: `${issuer}/authorize`,
      tokenUrl: `${issuer}/token`,
      clientId: 'keycloak',
      clientSecret: 'unused',
    },
  })
  await addClient(admin, 'federated', 'federated-jwt', {
    'jwt.credential.issuer': 'workloads',
    'jwt.credential.sub': 'system:serviceaccount:acme:billing',
  })
}
