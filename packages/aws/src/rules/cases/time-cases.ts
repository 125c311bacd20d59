import { type AcceptanceCase, accepted, acceptedWith, refused, seconds, unknownBecause } from './acceptance-case.ts'

const recordings = 'radkawar/stackd, internal/services/sts/testdata/oidc/aws.json (recorded from live STS)'
const leeway = 'IAM User Guide, id_roles_providers_oidc (five minutes past exp)'

/** Clocks and lifetimes. */
export const timeCases: readonly AcceptanceCase[] = [
  {
    name: 'expired by one second, within the leeway',
    source: leeway,
    claims: { exp: seconds - 1 },
    leeway: 300,
    expected: acceptedWith('expiry'),
  },
  {
    name: 'expired by five minutes',
    source: recordings,
    claims: { exp: seconds - 324, iat: seconds - 400 },
    leeway: 300,
    expected: refused(
      'expiry',
      'ExpiredTokenException',
      `Token expired: current date/time ${seconds - 300} must be before the expiration date/time ${seconds - 324}`,
    ),
  },
  {
    name: 'expired by one second, without leeway as in the sandbox',
    source: 'awslabs/aws-orbit-workbench#707 (a refusal 198 seconds past exp)',
    claims: { exp: seconds - 1 },
    expected: refused('expiry', 'ExpiredTokenException'),
  },
  {
    name: 'expires this very second',
    source: 'RFC 7519 section 4.1.4: on or after which the JWT must not be accepted',
    claims: { exp: seconds },
    expected: refused('expiry', 'ExpiredTokenException'),
  },
  {
    name: 'issued 299 seconds ahead',
    source: recordings,
    claims: { iat: seconds + 299 },
    leeway: 300,
    expected: acceptedWith('issued-at'),
  },
  {
    name: 'issued an hour ahead',
    source: recordings,
    claims: { iat: seconds + 3600, exp: seconds + 7200 },
    leeway: 300,
    expected: refused('issued-at', 'InvalidIdentityToken', `Token issued in the future: ${seconds + 3600}`),
  },
  {
    name: 'not valid for another hour',
    source: recordings,
    claims: { nbf: seconds + 3600 },
    leeway: 300,
    expected: refused(
      'not-before',
      'InvalidIdentityToken',
      `Token not yet valid: current date/time ${seconds + 300} must be after or equal to the not-before date/time ${seconds + 3600}`,
    ),
  },
  {
    name: 'not valid for another second, within the leeway',
    source: recordings,
    claims: { nbf: seconds + 1 },
    leeway: 300,
    expected: acceptedWith('not-before'),
  },
  { name: 'nbf as digits in a string', source: recordings, claims: { nbf: `${seconds - 5}` }, expected: accepted },
  {
    name: 'issued a year ago and still alive',
    source: 'radkawar/stackd (recorded from live STS): refused, the exact age is not known',
    claims: { iat: seconds - 31_536_000 },
    expected: unknownBecause('issued-at'),
  },
  {
    name: 'one minute left, an hour asked',
    source: recordings,
    claims: { exp: seconds + 60 },
    expected: accepted,
  },
]
