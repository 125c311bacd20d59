import { type AcceptanceCase, accepted, provider, refused, unknownBecause, url } from './acceptance-case.ts'

const elements = 'IAM User Guide, reference_policies_elements'
const tagsGuide = 'IAM User Guide, id_session-tags'
const trustRecordings = 'radkawar/stackd, internal/services/sts/testdata/oidc/aws-trust.json (recorded from live STS)'
const openQuestions = 'open: neither the IAM User Guide nor the recordings in radkawar/stackd answer it'
const denied = refused('trust-policy', 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity')
const allow = { Effect: 'Allow', Principal: { Federated: provider.arn }, Action: 'sts:AssumeRoleWithWebIdentity' }
const nestedTags = {
  'https://aws.amazon.com/tags': { principal_tags: { Team: ['pay'] }, transitive_tag_keys: ['Team'] },
}
const identity = { 'https://aws.amazon.com/source_identity': 'billing' }

/** Statements of the trust policy. */
export const trustCases: readonly AcceptanceCase[] = [
  {
    name: 'a statement without conditions',
    source: `${elements}_condition`,
    statement: { Condition: {} },
    expected: accepted,
  },
  {
    name: 'another provider in Principal',
    source: 'configure-aws-credentials#511',
    statement: { Principal: { Federated: provider.arn.replace('prod', 'test') } },
    expected: denied,
  },
  {
    name: 'the principal {"AWS":"*"}',
    source: trustRecordings,
    statement: { Principal: { AWS: '*' } },
    expected: denied,
  },
  {
    name: 'another action only',
    source: `${elements}_action`,
    statement: { Action: 'sts:AssumeRole' },
    expected: denied,
  },
  {
    name: 'the action in other letters',
    source: `${elements}_action: actions are not case-sensitive`,
    statement: { Action: ['STS:assumerolewithwebidentity'] },
    expected: accepted,
  },
  ...['sts:*', '*', 'sts:Assume*'].map(
    (action): AcceptanceCase => ({
      name: `the action ${action}`,
      source: openQuestions,
      statement: { Action: action },
      expected: unknownBecause('trust-policy'),
    }),
  ),
  {
    name: 'NotAction',
    source: openQuestions,
    policy: { Version: '2012-10-17', Statement: [{ ...allow, Action: undefined, NotAction: 'sts:AssumeRole' }] },
    expected: unknownBecause('trust-policy'),
  },
  {
    name: 'an explicit Deny beside the Allow',
    source: 'IAM User Guide, reference_policies_evaluation-logic: an explicit deny overrides any allow',
    policy: { Version: '2012-10-17', Statement: [allow, { ...allow, Effect: 'Deny' }] },
    expected: denied,
  },
  {
    name: 'a Deny for someone else',
    source: 'IAM User Guide, reference_policies_evaluation-logic',
    policy: {
      Version: '2012-10-17',
      Statement: [
        allow,
        { ...allow, Effect: 'Deny', Condition: { StringEquals: { [`${url}:sub`]: 'service-account-other' } } },
      ],
    },
    expected: accepted,
  },
  {
    name: 'a Deny on {"AWS":"*"}',
    source: openQuestions,
    policy: { Version: '2012-10-17', Statement: [allow, { ...allow, Effect: 'Deny', Principal: { AWS: '*' } }] },
    expected: unknownBecause('trust-policy'),
  },
  {
    name: 'a single statement without a list',
    source: `${elements}_statement`,
    policy: { Version: '2012-10-17', Statement: allow },
    expected: accepted,
  },
  {
    name: 'two statements of which the second allows',
    source: 'IAM User Guide, reference_policies_evaluation-logic',
    policy: {
      Version: '2012-10-17',
      Statement: [{ ...allow, Condition: { StringEquals: { [`${url}:sub`]: 'service-account-other' } } }, allow],
    },
    expected: accepted,
  },
  {
    name: 'a policy with Resource',
    source: 'IAM answer to CreateRole: MalformedPolicyDocument "Has prohibited field Resource"',
    statement: { Resource: '*' },
    expected: refused('trust-policy-readable', 'AccessDenied'),
  },
  {
    name: 'a policy with NotPrincipal',
    source: 'IAM User Guide, reference_policies_elements_notprincipal: not in a role trust policy',
    policy: {
      Version: '2012-10-17',
      Statement: [allow, { ...allow, Effect: 'Deny', Principal: undefined, NotPrincipal: allow.Principal }],
    },
    expected: refused('trust-policy-readable', 'AccessDenied'),
  },
  {
    name: 'an address of the network that the policy names',
    source: 'IAM User Guide, reference_policies_condition-keys: aws:SourceIp',
    statement: { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } },
    request: { sourceIp: '203.0.113.7' },
    expected: accepted,
  },
  {
    name: 'an address of another network',
    source: 'IAM User Guide, reference_policies_condition-keys: aws:SourceIp',
    statement: { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } },
    request: { sourceIp: '198.51.100.1' },
    expected: denied,
  },
  {
    name: 'a tags claim, sts:TagSession not allowed',
    source: `${tagsGuide}: the trust policy must allow sts:TagSession`,
    claims: nestedTags,
    expected: refused('tag-session', 'AccessDenied'),
  },
  {
    name: 'a tags claim, sts:TagSession allowed',
    source: tagsGuide,
    claims: nestedTags,
    statement: { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] },
    expected: accepted,
  },
  {
    name: 'flat tags, sts:TagSession allowed',
    source: 'radkawar/stackd, internal/services/sts/testdata/oidc/aws.json (recorded from live STS)',
    claims: { 'https://aws.amazon.com/tags/principal_tags/Team': 'pay' },
    statement: { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] },
    expected: accepted,
  },
  {
    name: 'a tag as a plain string in the nested form',
    source: 'radkawar/stackd, internal/services/sts/testdata/oidc/aws.json (recorded from live STS)',
    claims: { 'https://aws.amazon.com/tags': { principal_tags: { Team: 'pay' } } },
    expected: refused(
      'session-tags',
      'InvalidIdentityToken',
      'principal_tags passed in claim is not in correct format.',
    ),
  },
  {
    name: 'fifty-one tags',
    source: `${tagsGuide}: fifty session tags`,
    claims: Object.fromEntries(
      Array.from({ length: 51 }, (_, index) => [`https://aws.amazon.com/tags/principal_tags/T${index}`, 'x']),
    ),
    expected: refused('session-tags', 'InvalidIdentityToken'),
  },
  {
    name: 'a source identity, sts:SetSourceIdentity not allowed',
    source: 'IAM User Guide, id_credentials_temp_control-access_monitor',
    claims: identity,
    expected: refused('set-source-identity', 'AccessDenied'),
  },
  {
    name: 'a source identity, sts:SetSourceIdentity allowed',
    source: 'IAM User Guide, id_credentials_temp_control-access_monitor',
    claims: identity,
    statement: { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:SetSourceIdentity'] },
    expected: accepted,
  },
  {
    name: 'a source identity with a space',
    source: 'botocore sts model 2011-06-15, sourceIdentityType',
    claims: { 'https://aws.amazon.com/source_identity': 'two words' },
    expected: refused('source-identity', 'InvalidIdentityToken'),
  },
]
