import { keyNotPublished, metadataNotFetched } from '../refusals.ts'
import { type AcceptanceCase, accepted, acceptedWith, issuer, refused, unknownBecause } from './acceptance-case.ts'

const unfetched = { state: 'invalid', reason: metadataNotFetched } as const
const unpublished = { state: 'invalid', reason: keyNotPublished } as const
const wrong = { state: 'invalid', reason: 'the issuer’s key gives another signature.' } as const

/** What Entra fetches of the issuer, and the key that signed. */
export const keyCases: readonly AcceptanceCase[] = [
  {
    name: 'a valid signature',
    source: 'Microsoft Entra, workload-identity-federation: how it works',
    expected: accepted,
  },
  {
    name: 'discovery that cannot be fetched',
    source: 'Azure/azure-workload-identity#642 (AADSTS50166), microsoft/azure-pipelines-tasks#19831',
    signature: unfetched,
    expected: {
      decision: 'refused',
      rule: 'issuer-metadata',
      code: 'AADSTS50166',
      message: 'Request to External OIDC endpoint failed.',
    },
  },
  {
    name: 'storage that admits only some networks',
    source: 'Azure/azure-workload-identity#1130 (AADSTS50166)',
    signature: unfetched,
    expected: refused('issuer-metadata', '50166'),
  },
  {
    name: 'an outage on Entra’s side',
    source: 'Azure/azure-cli#28863 (AADSTS50166)',
    signature: unfetched,
    expected: refused('issuer-metadata', '50166'),
  },
  {
    name: 'an issuer without TLS',
    source: 'OpenID Connect Discovery 1.0 section 3: an issuer is an https URL',
    claims: { iss: 'http://kc.example.com/realms/Prod' },
    credential: { issuer: 'http://kc.example.com/realms/Prod' },
    expected: refused('issuer-metadata', '50166'),
  },
  {
    name: 'an issuer in a private network',
    source: 'Azure/azure-workload-identity#1130, #584 (private issuers)',
    claims: { iss: 'https://keycloak.internal/realms/Prod' },
    credential: { issuer: 'https://keycloak.internal/realms/Prod' },
    expected: acceptedWith('issuer-metadata'),
  },
  {
    name: 'the loopback issuer of a sandbox',
    source: 'Azure/login#283 (what Entra cannot reach it refuses); the sandbox’s marked exception',
    claims: { iss: 'http://127.0.0.1:8180/realms/acme' },
    credential: { issuer: 'http://127.0.0.1:8180/realms/acme' },
    expected: acceptedWith('issuer-metadata'),
  },
  {
    name: 'a kid that is not in the JWKS',
    source: 'Azure/azure-workload-identity#1232 (AADSTS7000272)',
    signature: unpublished,
    expected: {
      decision: 'refused',
      rule: 'signature',
      code: 'AADSTS7000272',
      message: `The certificate with identifier k1 used to sign the federated credential could not be found in the metadata of identity provider ${issuer}.`,
    },
  },
  {
    name: 'a key after a rotation that Entra does not know yet',
    source:
      'kubernetes-sigs/azurefile-csi-driver#3154, its test/e2e/suite_test.go: AAD caches OIDC metadata and answers AADSTS7000272 for 20 to 30 minutes',
    signature: unpublished,
    header: { kid: 'k2' },
    expected: refused('signature', '7000272'),
  },
  {
    name: 'a signature by another key of that id',
    source:
      'AzureAD/microsoft-identity-web, constants of certificate errors: AADSTS7000274 ClientAssertionContainsInvalidSignature',
    signature: wrong,
    expected: refused('signature', '7000274'),
  },
  {
    name: 'no kid',
    source: 'RFC 7515 section 4.1.4: kid is optional; what Entra does without it is not documented',
    header: { kid: undefined },
    expected: unknownBecause('key-id'),
  },
  {
    name: 'a signature that nobody checked',
    source: 'Microsoft Entra, workload-identity-federation: Entra checks it with the published keys',
    signature: { state: 'unchecked' },
    expected: acceptedWith('signature'),
  },
  {
    name: 'no match and no keys: the match is asked first',
    source: 'Azure/azure-workload-identity#1200 (AADSTS700211 for issuers that were reachable or not)',
    claims: { iss: 'https://nowhere.example.com' },
    signature: unfetched,
    expected: refused('issuer', '700211'),
  },
]
