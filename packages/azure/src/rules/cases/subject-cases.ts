import { type AcceptanceCase, accepted, credential, refused, subject } from './acceptance-case.ts'
import { sources } from './sources.ts'

const otherCase = 'Azure/login#515, #517, #573 (AADSTS7002138)'
const unmatched = (hint?: string) => refused('subject', '700213', hint)

/** Whose token it is. */
export const subjectCases: readonly AcceptanceCase[] = [
  { name: 'the very same', source: sources.resource, expected: accepted },
  {
    name: 'the environment in other letters',
    source: otherCase,
    claims: { sub: 'repo:acme/dashboard:environment:Production' },
    credential: { subject: 'repo:acme/dashboard:environment:production' },
    expected: {
      decision: 'refused',
      rule: 'subject',
      code: 'AADSTS7002138',
      hint: 'upper and lower case only. The first difference is at character 33',
      message: 'The subject matches with case-insensitive comparison, but not with case-sensitive comparison.',
    },
  },
  {
    name: 'the example of the announcement',
    source: sources.caseSensitive,
    claims: { sub: 'repo:contoso/contoso-org:ref:refs/heads/main' },
    credential: { subject: 'repo:Contoso/Contoso-Org:ref:refs/heads/main' },
    expected: refused('subject', '7002138', 'the credential has "C", the token has "c"'),
  },
  {
    name: 'an organisation in other letters',
    source: 'Azure/accelerator-bootstrap-modules#135 (AADSTS7002138)',
    claims: { sub: 'repo:ACME/infra:environment:plan' },
    credential: { subject: 'repo:acme/infra:environment:plan' },
    expected: refused('subject', '7002138'),
  },
  {
    name: 'a branch where the credential has an environment',
    source: 'Azure/login#379 (AADSTS700213)',
    claims: { sub: 'repo:yoonaoh/testfunctionapp:ref:refs/heads/master' },
    credential: { subject: 'repo:yoonaoh/testfunctionapp:environment:test-slot' },
    expected: unmatched('character 30'),
  },
  {
    name: 'another service',
    source: 'Azure/login#482 (AADSTS700213)',
    claims: { sub: 'service-account-reporting' },
    expected: unmatched('character 17: the credential has "b", the token has "r"'),
  },
  {
    name: 'the UUID that Keycloak writes by default',
    source: sources.resource,
    claims: { sub: 'f3a2b1c0-1111-4222-8333-444455556666' },
    expected: unmatched('character 1'),
  },
  {
    name: 'a subject that is longer',
    source: sources.resource,
    claims: { sub: `${subject}-2` },
    expected: unmatched('the credential has its end there, the token has "-"'),
  },
  {
    name: 'a subject that is shorter',
    source: sources.resource,
    claims: { sub: subject.slice(0, -1) },
    expected: unmatched('the token has its end there'),
  },
  {
    name: 'a space at its end',
    source: `${sources.caseSensitive}; matching is exact`,
    claims: { sub: `${subject} ` },
    expected: unmatched('in spaces only'),
  },
  {
    name: 'a star in the credential',
    source: 'Azure/azure-workload-identity#373 (no wildcards)',
    credential: { subject: 'service-account-*' },
    expected: unmatched('the credential has "*"'),
  },
  {
    name: 'nothing but a star in the credential',
    source: 'hashicorp/terraform-provider-azurerm#19642 (no wildcards)',
    credential: { subject: '*' },
    expected: unmatched(),
  },
  {
    name: 'a star in both',
    source: sources.resource,
    claims: { sub: 'team-*' },
    credential: { subject: 'team-*' },
    expected: accepted,
  },
  {
    name: 'a Kubernetes service account',
    source: sources.awi,
    claims: { sub: 'system:serviceaccount:default:workload-identity-sa' },
    credential: { subject: 'system:serviceaccount:default:workload-identity-sa' },
    expected: accepted,
  },
  {
    name: 'a Kubernetes service account of another namespace',
    source: 'Azure/azure-workload-identity#1200 (AADSTS700213)',
    claims: { sub: 'system:serviceaccount:test:workload-identity-sa' },
    credential: { subject: 'system:serviceaccount:default:workload-identity-sa' },
    expected: unmatched('character 23'),
  },
  {
    name: 'a SPIFFE id',
    source: sources.spiffe,
    claims: { sub: 'spiffe://example.org/ns/default/sa/billing' },
    credential: { subject: 'spiffe://example.org/ns/default/sa/billing' },
    expected: accepted,
  },
  {
    name: 'the subject of a credential of another issuer',
    source: sources.resource,
    credentials: [
      { ...credential, name: 'ours', subject: 'service-account-reporting' },
      { ...credential, name: 'theirs', issuer: 'https://other.example.com' },
    ],
    expected: unmatched(),
  },
  {
    name: 'the second of two subjects of one issuer',
    source: sources.resource,
    credentials: [{ ...credential, name: 'first', subject: 'service-account-reporting' }, credential],
    expected: accepted,
  },
  {
    name: 'two credentials, one of them nearly right',
    source: otherCase,
    credentials: [
      { ...credential, name: 'far', subject: 'service-account-billing-2' },
      { ...credential, name: 'near', subject: 'Service-Account-Billing' },
    ],
    expected: refused('subject', '7002138', 'upper and lower case only'),
  },
  {
    name: 'an encoded character',
    source: sources.resource,
    claims: { sub: 'team/billing' },
    credential: { subject: 'team%2Fbilling' },
    expected: unmatched('in percent-encoding only'),
  },
  {
    name: 'a character that cannot be seen',
    source: sources.resource,
    claims: { sub: 'service-account-bil\u200bling' },
    expected: unmatched('the token has U+200B'),
  },
]
