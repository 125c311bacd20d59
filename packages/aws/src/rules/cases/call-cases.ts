import {
  type AcceptanceCase,
  accepted,
  acceptedWith,
  provider,
  refused,
  roleArn,
  unknownBecause,
} from './acceptance-case.ts'

const stsModel = 'botocore sts model 2011-06-15'
const federationProbe = 'radkawar/stackd, internal/services/iam/testdata/federation/oidc.json (recorded from live IAM)'
const noProvider = /^No OpenIDConnect provider found in your account for https?:\/\//
const invalid = 'InvalidIdentityToken'
const loopback = '127.0.0.1:8180/realms/prod'
const loopbackArn = `arn:aws:iam::123456789012:oidc-provider/${loopback}`

/** The call and what it names: session, duration, provider, role. */
export const callCases: readonly AcceptanceCase[] = [
  ...['b', 'x'.repeat(65), 'two words', 'ümlaut'].map(
    (sessionName): AcceptanceCase => ({
      name: `session name ${sessionName.slice(0, 12)}`,
      source: `${stsModel}, roleSessionNameType`,
      request: { sessionName },
      expected: refused('session-name', 'ValidationError', /at 'roleSessionName' failed to satisfy constraint/),
    }),
  ),
  {
    name: 'a session name of 64',
    source: `${stsModel}, roleSessionNameType`,
    request: { sessionName: 'x'.repeat(64) },
    expected: accepted,
  },
  ...[899, 43_201].map(
    (duration): AcceptanceCase => ({
      name: `a duration of ${duration} seconds`,
      source: `${stsModel}, roleDurationSecondsType`,
      request: { duration },
      expected: refused('duration', 'ValidationError'),
    }),
  ),
  {
    name: '900 seconds',
    source: `${stsModel}, roleDurationSecondsType`,
    request: { duration: 900 },
    expected: accepted,
  },
  {
    name: 'longer than the role allows',
    source: 'aws-vault documentation, USAGE: DurationSeconds exceeds the MaxSessionDuration',
    request: { duration: 7200 },
    expected: refused('max-session-duration', 'ValidationError', /exceeds the MaxSessionDuration set for this role/),
  },
  {
    name: 'no provider at all',
    source: 're:Post knowledge center, iam-oidc-idp-federation',
    providers: [],
    expected: refused('provider', invalid, noProvider),
  },
  {
    name: 'a provider with a slash more',
    source: federationProbe,
    providers: [{ ...provider, url: `${provider.url}/` }],
    expected: refused('provider', invalid, noProvider),
  },
  {
    name: 'a provider in other letters',
    source: 'botocore iam model 2010-05-08, CreateOpenIDConnectProvider: the URL is case-sensitive',
    providers: [{ ...provider, url: 'KC.example.com/realms/prod' }],
    expected: refused('provider', invalid, noProvider),
  },
  {
    name: 'the provider of another realm',
    source: 're:Post knowledge center, iam-sts-invalididentitytoken',
    providers: [{ ...provider, url: 'kc.example.com/realms/test' }],
    expected: refused('provider', invalid, noProvider),
  },
  {
    name: 'the provider in another account',
    source: 're:Post knowledge center, iam-oidc-idp-federation: same account',
    providers: [{ ...provider, arn: provider.arn.replace('123456789012', '210987654321') }],
    expected: refused('provider', invalid, noProvider),
  },
  {
    name: 'the provider in another partition',
    source: 'renovatebot/renovate#33920',
    providers: [{ ...provider, arn: provider.arn.replace('arn:aws:', 'arn:aws-us-gov:') }],
    expected: refused('provider', invalid, noProvider),
  },
  {
    name: 'an issuer by http',
    source: 'gitlab-org/gitlab#342243',
    claims: { iss: 'http://kc.example.com/realms/prod' },
    expected: refused('provider', invalid, noProvider),
  },
  {
    name: 'an issuer that says :443',
    source: `${federationProbe}; what STS does with such a token is not recorded`,
    claims: { iss: 'https://kc.example.com:443/realms/prod' },
    expected: unknownBecause('provider'),
  },
  {
    name: 'the marked exception: an issuer on loopback',
    source: 'DESIGN, "How it is checked": one marked exception of the sandbox',
    claims: { iss: `http://${loopback}` },
    providers: [{ ...provider, arn: loopbackArn, url: loopback }],
    statement: { Principal: { Federated: loopbackArn }, Condition: {} },
    expected: acceptedWith('provider'),
  },
  {
    name: 'no such role',
    source: 'configure-aws-credentials#318: AccessDenied with no reason',
    role: null,
    expected: refused('role', 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'),
  },
  {
    name: 'the ARN of a user',
    source: `${stsModel}, AssumeRoleWithWebIdentityRequest.RoleArn`,
    roleArn: 'arn:aws:iam::123456789012:user/billing',
    expected: refused('role-arn', 'ValidationError', 'Request ARN is invalid'),
  },
  ...[
    { name: 'names the role', claim: [roleArn], expected: accepted },
    {
      name: 'names it in a semicolon string',
      claim: `arn:aws:iam::123456789012:role/a; ${roleArn}`,
      expected: accepted,
    },
    { name: 'is null', claim: null, expected: accepted },
    {
      name: 'names another role',
      claim: ['arn:aws:iam::123456789012:role/another-role'],
      expected: refused(
        'roles-claim',
        invalid,
        'The target role ARN is not present in the roles claim of the identity token',
      ),
    },
    {
      name: 'is an empty list',
      claim: [],
      expected: refused('roles-claim', invalid, 'The roles claim contains no valid role ARNs'),
    },
  ].map(
    ({ name, claim, expected }): AcceptanceCase => ({
      name: `a roles claim that ${name}`,
      source: 'radkawar/stackd, internal/services/sts/testdata/oidc/aws-roles.json (recorded from live STS)',
      claims: { 'https://aws.amazon.com/roles': claim },
      expected,
    }),
  ),
]
