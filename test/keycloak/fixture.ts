import { type ClientScope, hardcodedClaimMapper } from '@federate/keycloak'
import type { ClientDefinition, RealmDefinition, TrustedIssuer } from '@federate/sandbox'
import { type KeycloakAdmin, stringField } from './admin.ts'

/** Makes a realm that is a token issuer for services: scopes, confidential clients, and nothing that people log in by. */
export async function createRealm(admin: KeycloakAdmin, realm: RealmDefinition): Promise<void> {
  await admin.create('', { realm: realm.name, enabled: true, sslRequired: 'external' })
  for (const scope of realm.scopes) await createScope(admin, realm.name, scope)
  for (const trusted of realm.trustedIssuers ?? []) await trustIssuer(admin, realm.name, trusted)
  const scopeIds = await scopeIdsByName(admin, realm.name)
  for (const client of realm.clients) await createClient(admin, realm.name, client, scopeIds)
}

async function createScope(admin: KeycloakAdmin, realm: string, scope: ClientScope): Promise<void> {
  await admin.create(`/${realm}/client-scopes`, {
    name: scope.name,
    description: scope.description,
    protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': 'true', 'display.on.consent.screen': 'false' },
    protocolMappers: scope.mappers,
  })
}

async function createClient(
  admin: KeycloakAdmin,
  realm: string,
  client: ClientDefinition,
  scopeIds: ReadonlyMap<string, string>,
): Promise<void> {
  const id = await admin.create(`/${realm}/clients`, clientRepresentation(client))
  const place = `/${realm}/clients/${id}`
  await attachOnly(admin, `${place}/default-client-scopes`, client.defaultScopes, scopeIds)
  await attachOnly(admin, `${place}/optional-client-scopes`, client.optionalScopes, scopeIds)
}

/** Keycloak trusts it by an identity provider, whose addresses for people are never asked (26.6 and later). */
export async function trustIssuer(admin: KeycloakAdmin, realm: string, trusted: TrustedIssuer): Promise<void> {
  await admin.create(`/${realm}/identity-provider/instances`, {
    alias: trusted.name,
    providerId: 'oidc',
    enabled: true,
    hideOnLogin: true,
    config: {
      issuer: trusted.issuer,
      useJwksUrl: 'false',
      publicKeySignatureVerifier: JSON.stringify(trusted.jwks),
      validateSignature: 'true',
      supportsClientAssertions: 'true',
      supportsClientAssertionReuse: String(trusted.singleUse !== true),
      authorizationUrl: `${trusted.issuer}/authorize`,
      tokenUrl: `${trusted.issuer}/token`,
      clientId: 'keycloak',
      clientSecret: 'unused',
    },
  })
}

/** Keycloak attaches scopes of its own to a new client, also to one that names its scopes. */
async function attachOnly(
  admin: KeycloakAdmin,
  place: string,
  wanted: readonly string[],
  scopeIds: ReadonlyMap<string, string>,
): Promise<void> {
  for (const scope of objects(await admin.get(place))) {
    if (!wanted.includes(stringField(scope, 'name'))) await admin.delete(`${place}/${stringField(scope, 'id')}`)
  }
  for (const name of wanted) await admin.put(`${place}/${scopeIds.get(name) ?? `no-scope-named-${name}`}`)
}

/** Every flag is sent: what is left out defaults to a public client that people can log in by. */
function clientRepresentation(client: ClientDefinition): Record<string, unknown> {
  return {
    clientId: client.clientId,
    protocol: 'openid-connect',
    publicClient: false,
    bearerOnly: false,
    serviceAccountsEnabled: true,
    standardFlowEnabled: false,
    implicitFlowEnabled: false,
    directAccessGrantsEnabled: false,
    fullScopeAllowed: false,
    defaultClientScopes: client.defaultScopes,
    optionalClientScopes: client.optionalScopes,
    protocolMappers: Object.entries(client.claims).map(([name, value]) =>
      hardcodedClaimMapper(`federate-claim-${name}`, name, value),
    ),
    ...clientAuthentication(client),
  }
}

function clientAuthentication(client: ClientDefinition): Record<string, unknown> {
  const attributes = {
    'access.token.lifespan': String(client.accessTokenLifespan),
    'client_credentials.use_refresh_token': String(client.useRefreshToken === true),
  }
  if (client.federated !== undefined) {
    const { trustedIssuer, subject } = client.federated
    const federated = { 'jwt.credential.issuer': trustedIssuer, 'jwt.credential.sub': subject }
    return { clientAuthenticatorType: 'federated-jwt', attributes: { ...attributes, ...federated } }
  }
  if (client.secretAlgorithm !== undefined) {
    const signing = { 'token.endpoint.auth.signing.alg': client.secretAlgorithm }
    const { secret } = client
    return { clientAuthenticatorType: 'client-secret-jwt', secret, attributes: { ...attributes, ...signing } }
  }
  if (client.jwks === undefined) {
    return { clientAuthenticatorType: 'client-secret', secret: client.secret, attributes }
  }
  const jwks = { 'use.jwks.string': 'true', 'jwks.string': JSON.stringify(client.jwks) }
  return { clientAuthenticatorType: 'client-jwt', attributes: { ...attributes, ...jwks } }
}

async function scopeIdsByName(admin: KeycloakAdmin, realm: string): Promise<ReadonlyMap<string, string>> {
  const scopes = objects(await admin.get(`/${realm}/client-scopes`))
  return new Map(scopes.map((scope) => [stringField(scope, 'name'), stringField(scope, 'id')]))
}

/** The members of an answer that is a list. */
export function objects(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error("Keycloak's answer is not a list.")
  return value
}
