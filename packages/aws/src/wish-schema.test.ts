import { describe, expect, it } from 'vitest'
import { awsWishSchema } from './wish-schema.ts'

const least = { account: '123456789012', role: 'billing' }

function problems(wish: Record<string, unknown>): string[] {
  const result = awsWishSchema.safeParse(wish)
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
}

describe('a target in federate.yaml', () => {
  it('needs account and role, and gets defaults for the rest', () => {
    expect(awsWishSchema.parse(least)).toEqual({
      ...least,
      partition: 'aws',
      policies: [],
      inlinePolicies: {},
      durationSeconds: 3600,
      maxSessionDurationSeconds: 3600,
      tags: {},
      claims: {},
      audience: 'shared',
    })
  })

  it('takes everything that an administrator may want', () => {
    const wish = {
      ...least,
      region: 'us-gov-west-1',
      policies: ['arn:aws-us-gov:iam::aws:policy/AmazonS3ReadOnlyAccess'],
      inlinePolicies: {
        logs: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'logs:*', Resource: '*' } },
      },
      permissionsBoundary: 'arn:aws-us-gov:iam::123456789012:policy/boundary',
      tags: { Team: 'pay' },
      audience: 'client',
      sessionName: 'billing',
      originalAudience: 'api://billing',
      thumbprints: ['a'.repeat(40)],
    }
    const session = { sessionTags: { Team: 'pay' }, transitiveTags: ['Team'], sourceIdentity: 'billing' }
    expect(awsWishSchema.parse({ ...wish, ...session, duration: '2h' })).toEqual({
      ...wish,
      claims: {
        'https://aws.amazon.com/tags': { principal_tags: { Team: ['pay'] }, transitive_tag_keys: ['Team'] },
        'https://aws.amazon.com/source_identity': 'billing',
      },
      partition: 'aws-us-gov',
      durationSeconds: 7200,
      maxSessionDurationSeconds: 7200,
    })
  })

  it.each([
    [{ account: '12345678901' }, 'account: expected 12 digits, got 11 digits (12345678901)'],
    [{ account: 123456789012 }, 'account: expected 12 digits in quotes, such as "123456789012"'],
    [{ account: 'acme' }, 'account: expected 12 digits, got "acme"'],
    [{ role: 'r'.repeat(65) }, "role: expected at most 64 characters (IAM's limit), got 65"],
    [{ role: 'team/billing' }, 'role: expected letters, digits and + = , . @ - _ (no path)'],
    [
      { policies: ['arn:aws-cn:iam::aws:policy/ReadOnlyAccess'] },
      'policies.0: is of the partition aws-cn, the target is in the partition aws (arn:aws-cn:iam::aws:policy/ReadOnlyAccess): use the ARN of aws, or set partition: aws-cn',
    ],
    [
      { permissionsBoundary: 'arn:aws:iam::123456789012:policy/b', partition: 'aws-cn' },
      'permissionsBoundary: is of the partition aws, the target is in the partition aws-cn (arn:aws:iam::123456789012:policy/b): use the ARN of aws-cn, or set partition: aws',
    ],
    [
      { policies: ['ReadOnlyAccess'] },
      'policies.0: expected the ARN of a managed policy, such as arn:aws:iam::aws:policy/ReadOnlyAccess, got ReadOnlyAccess',
    ],
    [
      { region: 'cn-north-1', partition: 'aws' },
      'region: cn-north-1 lies in the partition aws-cn, the target is in the partition aws',
    ],
    [{ duration: '10m' }, 'duration: expected a duration from 15m to 12h (what STS allows), such as 1h, got 10m'],
    [{ duration: '13h' }, 'duration: expected a duration from 15m to 12h (what STS allows), such as 1h, got 13h'],
    [{ duration: 'soon' }, 'duration: expected a duration from 15m to 12h (what STS allows), such as 1h, got soon'],
    [
      { duration: '2h', maxSessionDuration: '1h' },
      'maxSessionDuration: 3600 seconds is less than the duration of 7200 seconds that the service asks for',
    ],
    [
      { duration: '15m', maxSessionDuration: '30m' },
      "maxSessionDuration: expected at least 1h (IAM's limit for roles), got 1800 seconds",
    ],
    [
      { tags: { 'aws:x': 'y' } },
      'tags.aws:x: expected another beginning: aws: is reserved by AWS, federate: holds our own marks',
    ],
    [{ tags: { 'a*': 'x' } }, 'tags.a*: expected letters, digits, spaces and _ . : / = + - @'],
    [
      { inlinePolicies: { 'a b': { Statement: {} } } },
      'inlinePolicies.a b: expected a name of 1 to 128 letters, digits and + = , . @ - _',
    ],
    [{ tags: { Team: 'a*' } }, 'tags.Team: expected letters, digits, spaces and _ . : / = + - @'],
    [
      { sessionName: 'a b' },
      'sessionName: expected 2 to 64 letters, digits and + = , . @ - _, with claims of the token in braces as in {client_id}',
    ],
    [{ path: 'services' }, 'path: expected a path that begins and ends with a slash, such as /services/'],
    [
      { conditions: { StringMatches: { 'aws:x': 'y' } } },
      'conditions.StringMatches: is no condition operator of IAM, such as StringEquals',
    ],
    [
      { conditions: { Bool: { SourceVpc: 'y' } } },
      'conditions.Bool.SourceVpc: expected a condition key, such as aws:SourceVpc',
    ],
    [{ sessionTags: { 'aws:x': 'y' } }, 'sessionTags: AWS would not take these tags: the tag aws:x is not allowed'],
    [
      { sessionTags: { Team: 'x' }, transitiveTags: ['team', 'Cost'] },
      'sessionTags: AWS would not take these tags: the transitive key Cost names no tag',
    ],
    [{ transitiveTags: ['Cost'] }, 'sessionTags: AWS would not take these tags: the transitive key Cost names no tag'],
    [
      { sourceIdentity: 'bill ing' },
      'sourceIdentity: AWS would not take it: it is not 2 to 64 of the characters A-Z a-z 0-9 _+=,.@-',
    ],
    [{ thumbprints: ['abc'] }, 'thumbprints.0: expected a SHA-1 thumbprint: 40 hexadecimal digits'],
    [
      { assumeRole: { roleArn: 'arn:aws:iam::123456789012:role/x', duration: '2h' } },
      'assumeRole.duration: expected a duration from 15m to 1h (what STS allows a second role), got 2h',
    ],
    [
      { assumeRole: { roleArn: 'arn:aws:iam::123456789012:user/x' } },
      'assumeRole.roleArn: expected the ARN of a role, as arn:aws:iam::123456789012:role/name',
    ],
  ])('refuses %j', (change, problem) => {
    expect(problems({ ...least, ...change })).toEqual([problem])
  })

  it('refuses unknown keys', () => {
    expect(problems({ ...least, polices: [] })).toEqual([': Unrecognized key: "polices"'])
  })
})
