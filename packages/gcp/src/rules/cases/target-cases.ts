import { type AcceptanceCase, accepted, issuer, providerName, refused, unknownBecause } from './acceptance-case.ts'
import { sources } from './sources.ts'

const name = (id: string, of: 'pool' | 'provider' = 'provider') => {
  const [pool, provider] = of === 'pool' ? [id, 'prod'] : ['keycloak', id]
  return `projects/123456789012/locations/global/workloadIdentityPools/${pool}/providers/${provider}`
}
const at = (resource: string) => ({ audience: `//iam.googleapis.com/${resource}`, provider: { name: resource } })
const notFound = /pool or provider is disabled or deleted or because it doesn't exist/

/** Which provider the exchange names, and whether such a provider can be. */
export const targetCases: readonly AcceptanceCase[] = [
  { name: 'an existing provider', source: sources.sts, expected: accepted },
  {
    name: 'no such provider',
    source: 'google-github-actions/auth#370, google-github-actions/auth#161',
    provider: null,
    expected: refused('provider', 'invalid_target', notFound),
  },
  {
    name: 'a provider of another name',
    source: 'google-github-actions/auth#161',
    provider: { name: name('other') },
    expected: refused('provider', 'invalid_target', notFound),
  },
  {
    name: 'a disabled provider',
    source: sources.measured,
    provider: { disabled: true },
    expected: refused('provider', 'invalid_target', notFound),
  },
  {
    name: 'a deleted provider',
    source: `${sources.rest}, State DELETED`,
    provider: { state: 'DELETED' },
    expected: refused('provider', 'invalid_target', notFound),
  },
  {
    name: 'a disabled pool',
    source: 'google-github-actions/auth#370: "the pool or provider is disabled"',
    provider: { pool: { state: 'ACTIVE', disabled: true } },
    expected: refused('provider', 'invalid_target', notFound),
  },
  {
    name: 'a deleted pool, within its 30 days',
    source: 'hashicorp/terraform-provider-google#14191',
    provider: { pool: { state: 'DELETED', disabled: false } },
    expected: refused('provider', 'invalid_target', notFound),
  },
  {
    name: 'a pool that is not known',
    source: sources.sts,
    provider: { pool: undefined },
    expected: accepted,
  },
  {
    name: 'the name with https:',
    source: 'google-github-actions/setup-gcloud#546',
    audience: `https://iam.googleapis.com/${providerName}`,
    expected: refused('target', 'invalid_request', 'Invalid value for "audience".'),
  },
  {
    name: 'the name without a prefix',
    source: 'google-github-actions/setup-gcloud#546',
    audience: providerName,
    expected: refused('target', 'invalid_request', 'Invalid value for "audience".'),
  },
  {
    name: 'the name of the pool',
    source: `${sources.authTroubleshooting}: the full provider name, not the pool name`,
    audience: `//iam.googleapis.com/${providerName.replace(/\/providers.*/, '')}`,
    expected: refused('target', 'invalid_request'),
  },
  {
    name: 'the project by its id',
    source: `${sources.authTroubleshooting}: does not accept project ids`,
    audience: `//iam.googleapis.com/${providerName.replace('123456789012', 'acme-prod')}`,
    expected: refused('target', 'invalid_target'),
  },
  {
    name: 'a provider for AWS',
    source: `${sources.rest}, union field provider_config`,
    provider: { type: 'aws', issuerUri: '' },
    expected: refused('provider', 'invalid_target'),
  },
  {
    name: 'a pool id that begins with gcp-',
    source: `${sources.pipelines}: the prefix gcp- is reserved`,
    ...at(name('gcp-keycloak', 'pool')),
    expected: refused('provider-storable', 'invalid_target'),
  },
  {
    name: 'a provider id of three letters',
    source: `${sources.rest} create, workloadIdentityPoolProviderId: 4-32 characters`,
    ...at(name('abc')),
    expected: refused('provider-storable', 'invalid_target'),
  },
  {
    name: 'a provider id of 32 letters',
    source: `${sources.rest} create, workloadIdentityPoolProviderId: 4-32 characters`,
    ...at(name('a'.repeat(32))),
    expected: accepted,
  },
  {
    name: 'a provider id of 33 letters',
    source: `${sources.rest} create, workloadIdentityPoolProviderId: 4-32 characters`,
    ...at(name('a'.repeat(33))),
    expected: refused('provider-storable', 'invalid_target'),
  },
  {
    name: 'a provider id in upper case',
    source: `${sources.rest} create, workloadIdentityPoolProviderId: characters [a-z0-9-]`,
    ...at(name('Keycloak')),
    expected: refused('provider-storable', 'invalid_target'),
  },
  {
    name: 'an issuer by http',
    source: `${sources.measured}: "The scheme must be https."`,
    provider: { issuerUri: 'http://kc.example.com/realms/prod' },
    claims: { iss: 'http://kc.example.com/realms/prod' },
    expected: refused('provider-storable', 'invalid_target'),
  },
  {
    name: 'an issuer that is no URL',
    source: `${sources.measured}: "Invalid OIDC issuer URI."`,
    provider: { issuerUri: 'frisket-host' },
    claims: { iss: 'frisket-host' },
    expected: refused('provider-storable', 'invalid_target'),
  },
  {
    name: 'an issuer whose host cannot be resolved, with uploaded keys',
    source: `${sources.measured}: any https URI is accepted`,
    provider: { issuerUri: 'https://frisket.invalid/host-rsa' },
    claims: { iss: 'https://frisket.invalid/host-rsa' },
    expected: accepted,
  },
  {
    name: 'the very issuer',
    source: sources.measured,
    provider: { issuerUri: issuer },
    expected: accepted,
  },
  {
    name: 'another issuer',
    source: `${sources.measured}, and t-k/fireemu record-oidc 39209e for the whole text`,
    claims: { iss: 'https://other.example.com' },
    expected: refused(
      'issuer',
      'invalid_grant',
      `The issuer in ID Token https://other.example.com does not match the expected one in config: ${issuer}.`,
    ),
  },
  {
    name: 'no issuer',
    source: sources.measured,
    claims: { iss: undefined },
    expected: refused('issuer', 'invalid_grant', /^The issuer in ID Token null does not match the expected one/),
  },
  {
    name: 'the issuer of another GitHub installation',
    source: `${sources.authTroubleshooting}: Issuer in ID Token does not match the expected ones`,
    provider: {
      issuerUri: 'https://token.actions.githubusercontent.com',
      attributeCondition: "assertion.repository_owner=='acme'",
    },
    claims: { iss: 'https://github.acme.net/_services/token', repository_owner: 'acme' },
    expected: refused('issuer', 'invalid_grant'),
  },
  {
    name: 'a slash at the end of the provider’s issuer, none in the token',
    source: `${sources.pipelines}: issuer-uri="https://token.actions.githubusercontent.com/"; GitHub’s iss has no slash`,
    provider: {
      issuerUri: 'https://token.actions.githubusercontent.com/',
      attributeCondition: "assertion.repository_owner=='acme'",
    },
    claims: { iss: 'https://token.actions.githubusercontent.com', repository_owner: 'acme' },
    expected: accepted,
  },
  {
    name: 'a slash at the end of the token’s issuer, none in the provider',
    source: 'auth0.com/docs: iss ends with a slash; nothing is published about Google and such a provider',
    claims: { iss: `${issuer}/` },
    expected: unknownBecause('issuer'),
  },
  {
    name: 'the issuer in other letters',
    source: `${sources.authTroubleshooting}: Google Cloud does distinguish casing`,
    claims: { iss: issuer.replace('prod', 'Prod') },
    expected: refused('issuer', 'invalid_grant'),
  },
  {
    name: 'Microsoft Entra’s issuer of version 1 tokens',
    source:
      'The issuer in ID Token https://sts.windows.net/… does not match (Entra v1 access tokens, Google’s answer quoted)',
    provider: { issuerUri: 'https://login.microsoftonline.com/tenant/v2.0' },
    claims: { iss: 'https://sts.windows.net/tenant/' },
    expected: refused('issuer', 'invalid_grant'),
  },
]
