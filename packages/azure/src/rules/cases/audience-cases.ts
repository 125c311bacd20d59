import { type AcceptanceCase, accepted, audience, credential, refused } from './acceptance-case.ts'
import { sources } from './sources.ts'

const unmatched = (hint?: string) => refused('audience', '700212', hint)
const several = 'zitadel/oidc#887 (AADSTS5002741, maximum allowed is 1)'

/** Whom the token is for. */
export const audienceCases: readonly AcceptanceCase[] = [
  { name: 'the constant', source: sources.resource, expected: accepted },
  {
    name: 'the constant in a list of one',
    source: 'Kubernetes, service account tokens (aud is always a list), with Azure/azure-workload-identity',
    claims: { aud: [audience] },
    expected: accepted,
  },
  {
    name: 'the constant in other letters',
    source: sources.caseSensitive,
    claims: { aud: audience.toLowerCase() },
    expected: unmatched('upper and lower case only. The first difference is at character 7'),
  },
  {
    name: 'the constant of the US government’s cloud',
    source: sources.sovereign,
    claims: { aud: `${audience}USGov` },
    expected: unmatched('the token has "U"'),
  },
  {
    name: 'the constant of China’s cloud in both',
    source: sources.sovereign,
    claims: { aud: `${audience}China` },
    credential: { audiences: [`${audience}China`] },
    expected: accepted,
  },
  {
    name: 'the constant of the US government’s cloud in both',
    source: sources.sovereign,
    claims: { aud: `${audience}USGov` },
    credential: { audiences: [`${audience}USGov`] },
    expected: accepted,
  },
  {
    name: 'a slash at the end',
    source: `${sources.caseSensitive}; matching is exact`,
    claims: { aud: `${audience}/` },
    expected: unmatched('by the slash at the end'),
  },
  {
    name: 'a space at the end',
    source: `${sources.caseSensitive}; matching is exact`,
    claims: { aud: `${audience} ` },
    expected: unmatched('in spaces only'),
  },
  {
    name: 'an audience of one’s own in both',
    source:
      'openshift/cloud-credential-operator, pkg/cmd/provisioning/azure/create_managed_identities.go (audience "openshift")',
    claims: { aud: 'openshift' },
    credential: { audiences: ['openshift'] },
    expected: accepted,
  },
  {
    name: 'the instance’s URL in both',
    source: 'gitlabhq/gitlabhq, doc/ci/cloud_services/azure/_index.md (the audience is the URL of the instance)',
    claims: { aud: 'https://gitlab.example.com' },
    credential: { audiences: ['https://gitlab.example.com'] },
    expected: accepted,
  },
  {
    name: 'the API’s own audience',
    source:
      'gitlabhq/gitlabhq, doc/ci/cloud_services/azure/_index.md (AADSTS700212 for an aud that is not the credential’s)',
    claims: { aud: 'my.audience' },
    expected: unmatched(),
  },
  {
    name: 'Keycloak’s account audience alone',
    source: sources.resource,
    claims: { aud: 'account' },
    expected: unmatched('character 2'),
  },
  {
    name: 'the constant and Keycloak’s account',
    source: several,
    claims: { aud: [audience, 'account'] },
    expected: {
      decision: 'refused',
      rule: 'one-audience',
      code: 'AADSTS5002741',
      message: '2 audience values provided, maximum allowed is 1.',
    },
  },
  {
    name: 'the constant twice',
    source: several,
    claims: { aud: [audience, audience] },
    expected: refused('one-audience', '5002741'),
  },
  {
    name: 'three audiences',
    source: 'panva/openid-client#348 (a list of audiences was refused), zitadel/oidc#887',
    claims: { aud: ['a', 'b', audience] },
    expected: refused('one-audience', '5002741'),
  },
  {
    name: 'no audience',
    source: sources.errorCodes,
    claims: { aud: undefined },
    expected: refused('required-claims', '50027'),
  },
  {
    name: 'an empty list',
    source: sources.errorCodes,
    claims: { aud: [] },
    expected: refused('claim-shapes', '50027'),
  },
  {
    name: 'a number',
    source: sources.errorCodes,
    claims: { aud: 42 },
    expected: refused('claim-shapes', '50027'),
  },
  {
    name: 'the audience of a credential for another subject',
    source: sources.resource,
    claims: { aud: 'openshift' },
    credentials: [credential, { ...credential, name: 'other', subject: 'x', audiences: ['openshift'] }],
    expected: unmatched(),
  },
]
