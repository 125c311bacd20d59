import {
  type AcceptanceCase,
  accepted,
  type Expectation,
  provider,
  refused,
  unknownBecause,
  url,
} from './acceptance-case.ts'

const operators = 'IAM User Guide, reference_policies_elements_condition_operators'
const multivalued = 'IAM User Guide, reference_policies_condition-single-vs-multi-valued-context-keys'
const trustRecordings = 'radkawar/stackd, internal/services/sts/testdata/oidc/aws-trust.json (recorded from live STS)'
const setRecordings = 'radkawar/stackd, docs/iam-evaluation.md: condition sets observed in live IAM'
const openQuestions = 'open: neither the IAM User Guide nor the recordings in radkawar/stackd answer it'
const denied = refused('trust-policy', 'AccessDenied')
const open = unknownBecause('trust-policy')
const sub = `${url}:sub`
const amr = `${url}:amr`

type Row = readonly [name: string, source: string, condition: unknown, expected: Expectation]

const rows: readonly Row[] = [
  ['another subject', 'configure-aws-credentials#318', { StringEquals: { [sub]: 'service-account-other' } }, denied],
  [
    'a subject in other letters',
    'configure-aws-credentials#686',
    { StringEquals: { [sub]: 'Service-Account-Billing' } },
    denied,
  ],
  ['StringEquals with a wildcard', 'crossplane#5578', { StringEquals: { [sub]: 'service-account-*' } }, denied],
  ['StringLike with a wildcard', 'crossplane#5578', { StringLike: { [sub]: 'service-account-*' } }, accepted],
  ['StringLike with a question mark', operators, { StringLike: { [sub]: 'service-account-billin?' } }, accepted],
  ['StringLike that ends early', operators, { StringLike: { [sub]: 'service-account' } }, denied],
  ['StringNotLike that matches', operators, { StringNotLike: { [sub]: 'service-*' } }, denied],
  ['one of several values', operators, { StringEquals: { [sub]: ['a', 'service-account-billing'] } }, accepted],
  [
    'a condition key in other letters',
    operators,
    { StringEquals: { [sub.toUpperCase()]: 'service-account-billing' } },
    accepted,
  ],
  ['StringEqualsIgnoreCase', operators, { StringEqualsIgnoreCase: { [sub]: 'SERVICE-ACCOUNT-BILLING' } }, accepted],
  ['StringNotEquals of another', operators, { StringNotEquals: { [sub]: 'other' } }, accepted],
  [
    'StringNotEquals of several, one the same',
    operators,
    { StringNotEquals: { [sub]: ['other', 'service-account-billing'] } },
    denied,
  ],
  [
    'StringNotEqualsIgnoreCase of the same',
    operators,
    { StringNotEqualsIgnoreCase: { [sub]: 'SERVICE-account-billing' } },
    denied,
  ],
  [
    'a claim that is no condition key',
    'IAM User Guide, reference_policies_iam-condition-keys',
    { StringEquals: { [`${url}:clientId`]: 'billing' } },
    denied,
  ],
  [
    'the key with https://',
    'IAM User Guide, reference_policies_iam-condition-keys',
    { StringEquals: { [`https://${sub}`]: 'service-account-billing' } },
    denied,
  ],
  [
    'the key of another realm',
    'IAM User Guide, reference_policies_iam-condition-keys',
    { StringEquals: { 'kc.example.com/realms/test:sub': 'service-account-billing' } },
    denied,
  ],
  ['IfExists on an absent key', operators, { StringEqualsIfExists: { [`${url}:email`]: 'a@example.com' } }, accepted],
  ['StringNotEquals on an absent key', operators, { StringNotEquals: { [`${url}:email`]: 'a@example.com' } }, accepted],
  [
    'ForAllValues on an absent key',
    'configure-aws-credentials README: true when the claim is absent',
    { 'ForAllValues:StringEquals': { [amr]: 'pwd' } },
    accepted,
  ],
  ['ForAnyValue on an absent key', setRecordings, { 'ForAnyValue:StringEquals': { [amr]: 'pwd' } }, denied],
  ['negated ForAnyValue on an absent key', setRecordings, { 'ForAnyValue:StringNotEquals': { [amr]: 'pwd' } }, denied],
  ['Null true on an absent key', operators, { Null: { [`${url}:email`]: 'true' } }, accepted],
  ['Null false on an absent key', operators, { Null: { [`${url}:email`]: 'false' } }, denied],
  ['Null false on a present key', operators, { Null: { [sub]: false } }, accepted],
  [
    'the session name',
    'IAM User Guide, reference_policies_iam-condition-keys: sts:RoleSessionName',
    { StringEquals: { 'sts:RoleSessionName': 'billing' } },
    accepted,
  ],
  [
    'another session name',
    'IAM User Guide, reference_policies_iam-condition-keys: sts:RoleSessionName',
    { StringLike: { 'sts:RoleSessionName': 'other-*' } },
    denied,
  ],
  ['aws:PrincipalAccount', trustRecordings, { StringEquals: { 'aws:PrincipalAccount': '123456789012' } }, accepted],
  ['aws:PrincipalType', trustRecordings, { StringEquals: { 'aws:PrincipalType': 'User' } }, accepted],
  ['aws:userid', trustRecordings, { ArnEquals: { 'aws:userid': provider.arn } }, accepted],
  ['aws:PrincipalArn is absent', trustRecordings, { Null: { 'aws:PrincipalArn': 'true' } }, accepted],
  [
    'aws:PrincipalArn never matches',
    trustRecordings,
    { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:*' } },
    denied,
  ],
  [
    'sts:RoleAuthorizedByIdp without the claim',
    'radkawar/stackd, aws-roles.json (recorded from live STS)',
    { Bool: { 'sts:RoleAuthorizedByIdp': 'true' } },
    denied,
  ],
  ['aws:PrincipalOrgID', openQuestions, { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, open],
  ['aws:FederatedProvider', openQuestions, { StringEquals: { 'aws:FederatedProvider': provider.arn } }, open],
  ['sts:DurationSeconds', openQuestions, { NumericLessThanEquals: { 'sts:DurationSeconds': '3600' } }, open],
  [
    'aws:SecureTransport',
    'IAM User Guide, reference_policies_condition-keys: STS takes TLS only',
    { Bool: { 'aws:SecureTransport': 'true' } },
    accepted,
  ],
  ['aws:SourceIp without a known address', openQuestions, { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, open],
  [
    'an unknown condition beside one that fails',
    operators,
    { StringEquals: { 'aws:PrincipalOrgID': 'o-1', [sub]: 'other' } },
    denied,
  ],
  ['a date in the past', operators, { DateGreaterThan: { 'aws:CurrentTime': '2026-09-01T00:00:00Z' } }, accepted],
  ['a date that has passed', operators, { DateLessThan: { 'aws:CurrentTime': '2026-09-01T00:00:00Z' } }, denied],
  ['a number against the epoch', operators, { NumericGreaterThan: { 'aws:EpochTime': 1_700_000_000 } }, accepted],
  ['NumericNotEquals on a text', setRecordings, { NumericNotEquals: { [sub]: '5' } }, accepted],
  ['NumericEquals on a text', setRecordings, { NumericEquals: { [sub]: '5' } }, denied],
  ['ArnLike on the provider', operators, { ArnLike: { 'aws:userid': 'arn:aws:iam::*:oidc-provider/*' } }, accepted],
  ['ArnNotLike on the provider', operators, { ArnNotLike: { 'aws:userid': 'arn:aws:iam::*:oidc-provider/*' } }, denied],
  ['an ARN pattern without its six parts', operators, { ArnLike: { 'aws:userid': 'arn:aws:*:oidc-provider/*' } }, open],
  [
    'a policy variable',
    'IAM User Guide, reference_policies_variables',
    { StringEquals: { [sub]: `service-account-\${sts:RoleSessionName}` } },
    accepted,
  ],
  [
    'a policy variable that is not known',
    'IAM User Guide, reference_policies_variables',
    { StringEquals: { [sub]: `\${aws:username}` } },
    open,
  ],
  [
    'a literal star by a variable',
    'IAM User Guide, reference_policies_variables',
    { StringLike: { [sub]: `service-\${*}` } },
    denied,
  ],
  ['an empty list of values', setRecordings, { StringEquals: { [sub]: [] } }, denied],
]

const withMethods: readonly Row[] = [
  ['a single-value operator on a list', multivalued, { StringEquals: { [amr]: 'pwd' } }, denied],
  ['a negated single-value operator on a list', setRecordings, { StringNotEquals: { [amr]: 'other' } }, denied],
  ['IfExists on a list', setRecordings, { StringEqualsIfExists: { [amr]: 'pwd' } }, denied],
  ['ForAnyValue with one that fits', multivalued, { 'ForAnyValue:StringEquals': { [amr]: 'otp' } }, accepted],
  ['ForAllValues with one that does not fit', multivalued, { 'ForAllValues:StringEquals': { [amr]: 'otp' } }, denied],
  ['ForAllValues with all', multivalued, { 'ForAllValues:StringLike': { [amr]: ['o*', 'pwd'] } }, accepted],
]

/** Lines of a Condition block. */
export const conditionCases: readonly AcceptanceCase[] = [
  ...rows.map(([name, source, Condition, expected]) => ({ name, source, statement: { Condition }, expected })),
  ...withMethods.map(([name, source, Condition, expected]) => ({
    name,
    source,
    claims: { amr: ['pwd', 'otp'] },
    statement: { Condition },
    expected,
  })),
  {
    name: 'variables are plain text in the old policy version',
    source: 'IAM User Guide, reference_policies_elements_version',
    policy: {
      Version: '2008-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: provider.arn },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringEquals: { [sub]: `service-account-\${sts:RoleSessionName}` } },
        },
      ],
    },
    expected: denied,
  },
  {
    name: 'a request tag',
    source: 'IAM User Guide, id_session-tags: aws:RequestTag in the trust policy',
    claims: { 'https://aws.amazon.com/tags': { principal_tags: { Team: ['pay'] } } },
    statement: {
      Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
      Condition: {
        StringEquals: { 'aws:RequestTag/team': 'pay' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team'] },
      },
    },
    expected: accepted,
  },
  {
    name: 'a claim of a shared provider',
    source: 'IAM User Guide, reference_policies_iam-condition-keys: further keys of GitHub',
    claims: { iss: 'https://token.actions.githubusercontent.com', repository: 'acme/app' },
    providers: [
      {
        ...provider,
        arn: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
        url: 'token.actions.githubusercontent.com',
      },
    ],
    statement: {
      Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' },
      Condition: { StringEquals: { 'token.actions.githubusercontent.com:repository': 'acme/app' } },
    },
    expected: open,
  },
  {
    name: 'ß is not SS',
    source: 'radkawar/stackd, docs/iam-evaluation.md: string conditions observed in live IAM',
    claims: { sub: 'straße' },
    statement: { Condition: { StringEqualsIgnoreCase: { [sub]: 'STRASSE' } } },
    expected: denied,
  },
  {
    name: 'oaud of a token with several audiences',
    source: openQuestions,
    claims: { aud: ['a', 'sts.amazonaws.com'] },
    statement: { Condition: { StringEquals: { [`${url}:oaud`]: 'sts.amazonaws.com' } } },
    expected: open,
  },
]
