import { type AcceptanceCase, accepted, provider, refused, url } from './acceptance-case.ts'

const recordings = 'radkawar/stackd, internal/services/sts/testdata/oidc/aws.json (recorded from live STS)'
const invalid = 'InvalidIdentityToken'
const severalAudiences = 'Token audience contains more than one audience while authorized party is not present'
const notValidated =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
const anySubject = { Condition: {} }
const twoClients = [{ ...provider, clientIds: ['sts.amazonaws.com', 'second'] }]

/** Whom the token is for. */
export const audienceCases: readonly AcceptanceCase[] = [
  {
    name: 'azp decides, aud is something else',
    source: recordings,
    claims: { aud: 'other' },
    expected: accepted,
  },
  {
    name: 'azp is not registered though aud is',
    source: 'aws-sdk-net#3071, aws-sdk-net#3100',
    claims: { azp: 'other' },
    expected: refused('client-id', invalid, notValidated),
  },
  {
    name: 'neither azp nor aud is registered',
    source: 'configure-aws-credentials#775, #1309',
    claims: { aud: 'sts.amazonaws.co', azp: undefined },
    expected: refused('client-id', invalid, notValidated),
  },
  {
    name: 'an empty azp',
    source: recordings,
    claims: { azp: '' },
    expected: refused('client-id', invalid, notValidated),
  },
  { name: 'no azp, aud decides', source: recordings, claims: { azp: undefined }, expected: accepted },
  {
    name: 'no azp, aud in a list of one',
    source: recordings,
    claims: { azp: undefined, aud: ['sts.amazonaws.com'] },
    expected: accepted,
  },
  {
    name: 'no azp, two audiences, one registered',
    source: recordings,
    claims: { azp: undefined, aud: ['sts.amazonaws.com', 'other'] },
    expected: refused('client-id', invalid, severalAudiences),
  },
  {
    name: 'no azp, two audiences, both registered',
    source: recordings,
    claims: { azp: undefined, aud: ['sts.amazonaws.com', 'second'] },
    providers: twoClients,
    expected: refused('client-id', invalid, severalAudiences),
  },
  {
    name: 'two audiences with azp',
    source: recordings,
    claims: { aud: ['account', 'sts.amazonaws.com'] },
    expected: accepted,
  },
  {
    name: 'an empty list of audiences',
    source: recordings,
    claims: { azp: undefined, aud: [] },
    expected: refused('audience-shape', invalid, 'Claim is not allowed to be empty: aud'),
  },
  {
    name: 'an empty audience',
    source: recordings,
    claims: { azp: undefined, aud: '' },
    expected: refused('client-id', invalid, notValidated),
  },
  {
    name: 'a Keycloak client’s own token, its client id not registered',
    source: 'keycloak/keycloak#5719 (azp is the client id) with aws-sdk-net#3071',
    claims: { azp: 'svc-a' },
    expected: refused('client-id', invalid),
  },
  {
    name: 'the condition key aud is azp, not aud',
    source: 'IAM User Guide, reference_policies_iam-condition-keys: aud is azp, or aud if azp is absent',
    claims: { azp: 'second', aud: 'sts.amazonaws.com' },
    providers: twoClients,
    expected: refused('trust-policy', 'AccessDenied'),
  },
  {
    name: 'the condition key oaud is aud',
    source: 'IAM User Guide, reference_policies_iam-condition-keys',
    claims: { azp: 'second', aud: 'sts.amazonaws.com' },
    providers: twoClients,
    statement: { Condition: { StringEquals: { [`${url}:oaud`]: 'sts.amazonaws.com', [`${url}:aud`]: 'second' } } },
    expected: accepted,
  },
  {
    name: 'a client id in other letters',
    source: 'IAM User Guide, id_roles_providers_create_oidc: client ids are compared exactly',
    claims: { azp: 'STS.amazonaws.com' },
    statement: anySubject,
    expected: refused('client-id', invalid),
  },
]
