import { type AcceptanceCase, accepted, acceptedWith, refused, unknownBecause } from './acceptance-case.ts'

const stsModel = 'botocore sts model 2011-06-15'
const together =
  'STS API reference, AssumeRoleWithWebIdentity, PolicyArns: the plaintext cannot exceed 2,048 characters'
const grammar =
  'IAM User Guide, reference_policies_grammar; aws sts: MalformedPolicyDocument (STS API reference, errors)'
const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
const narrow = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

function narrowed(name: string, source: string, policy: unknown, expected: AcceptanceCase['expected']): AcceptanceCase {
  const sessionPolicy = typeof policy === 'string' ? policy : JSON.stringify(policy)
  return { name, source, request: { sessionPolicy }, expected }
}

/** Policies that narrow a session. */
export const sessionPolicyCases: readonly AcceptanceCase[] = [
  narrowed('a session policy', 'IAM User Guide, access_policies, session policies', narrow, accepted),
  narrowed(
    'a session policy of 2,049 characters',
    `${stsModel}, sessionPolicyDocumentType`,
    JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Sid: 'x'.repeat(2049 - 101) }] }).padEnd(2049),
    refused('session-policy', 'ValidationError', /at 'policy' failed to satisfy constraint/),
  ),
  narrowed('a session policy that is no JSON', grammar, '{', refused('session-policy', 'MalformedPolicyDocument')),
  narrowed(
    'a session policy with a principal',
    'hashicorp/terraform#13449: "Policy document should not specify a principal."',
    { Statement: [{ ...statement, Principal: '*' }] },
    refused('session-policy', 'MalformedPolicyDocument', 'Policy document should not specify a principal.'),
  ),
  narrowed(
    'a session policy without a resource',
    grammar,
    { Statement: [{ ...statement, Resource: undefined }] },
    refused('session-policy', 'MalformedPolicyDocument', 'Policy statement must contain resources.'),
  ),
  narrowed(
    'a session policy that only denies',
    "IAM User Guide, access_policies, session policies: the session's permissions are the intersection",
    { Statement: [{ ...statement, Effect: 'Deny' }] },
    acceptedWith('session-policy'),
  ),
  {
    name: 'ten managed session policies',
    source: 'STS API reference, AssumeRoleWithWebIdentity, PolicyArns: up to 10',
    request: { sessionPolicyArns: Array.from({ length: 10 }, () => readOnly) },
    expected: accepted,
  },
  {
    name: 'eleven managed session policies',
    source: 'STS API reference, AssumeRoleWithWebIdentity, PolicyArns: up to 10',
    request: { sessionPolicyArns: Array.from({ length: 11 }, () => readOnly) },
    expected: refused('session-policy', 'ValidationError', /at 'policyArns' failed to satisfy constraint/),
  },
  {
    name: 'policies that are too long only together',
    source: together,
    request: { sessionPolicy: narrow.padEnd(2000), sessionPolicyArns: [readOnly, readOnly] },
    expected: unknownBecause('session-policy'),
  },
  {
    name: 'a managed session policy of another partition',
    source: 'IAM User Guide, reference-arns: partitions',
    request: { sessionPolicyArns: ['arn:aws-cn:iam::aws:policy/ReadOnlyAccess'] },
    expected: acceptedWith('session-policy'),
  },
  {
    name: 'many session tags, which are packed together with policies',
    source:
      'STS API reference, AssumeRoleWithWebIdentity, PackedPolicySize; aws-actions/configure-aws-credentials#1808',
    claims: {
      'https://aws.amazon.com/tags': {
        principal_tags: Object.fromEntries(
          Array.from({ length: 5 }, (_, index) => [`Tag${index}`, ['x'.repeat(250)]] as const),
        ),
      },
    },
    statement: { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] },
    expected: acceptedWith('packed-size'),
  },
]
