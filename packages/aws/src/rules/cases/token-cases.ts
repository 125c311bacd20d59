import { keyNotRetrieved } from '../refusals.ts'
import { type AcceptanceCase, accepted, acceptedWith, refused, unknownBecause } from './acceptance-case.ts'

const recordings = 'radkawar/stackd, internal/services/sts/testdata/oidc/aws.json (recorded from live STS)'
const stsModel = 'botocore sts model 2011-06-15'
const guide = 'IAM User Guide, id_roles_providers_oidc'
const openQuestions = 'open: neither the IAM User Guide nor the recordings in radkawar/stackd answer it'
const invalid = 'InvalidIdentityToken'

/** What the token itself must be like. */
export const tokenCases: readonly AcceptanceCase[] = [
  { name: 'a usual token', source: recordings, expected: accepted },
  ...['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'].map(
    (alg): AcceptanceCase => ({ name: `signed with ${alg}`, source: recordings, header: { alg }, expected: accepted }),
  ),
  ...['PS256', 'EdDSA', 'HS256', 'none'].map(
    (alg): AcceptanceCase => ({
      name: `signed with ${alg}`,
      source: `${stsModel}, AssumeRoleWithWebIdentityRequest.WebIdentityToken`,
      header: { alg },
      expected: refused('algorithm', invalid),
    }),
  ),
  ...['iss', 'sub', 'aud', 'iat', 'exp'].map(
    (claim): AcceptanceCase => ({
      name: `without ${claim}`,
      source: recordings,
      claims: { [claim]: undefined },
      expected: refused('required-claims', invalid, `Missing a required claim: ${claim}`),
    }),
  ),
  { name: 'an empty sub', source: recordings, claims: { sub: '' }, statement: { Condition: {} }, expected: accepted },
  { name: 'a numeric sub', source: recordings, claims: { sub: 123 }, statement: { Condition: {} }, expected: accepted },
  {
    name: 'sub null',
    source: recordings,
    claims: { sub: null },
    expected: refused('subject-shape', 'InternalFailure', 'Unknown error validating third-party token'),
  },
  ...[null, 1.5, 'soon'].map(
    (iat): AcceptanceCase => ({
      name: `iat ${JSON.stringify(iat)}`,
      source: recordings,
      claims: { iat },
      expected: refused('timestamps', invalid, 'Invalid timestamp in token claims.'),
    }),
  ),
  {
    name: 'exp with a fraction',
    source: recordings,
    claims: { exp: 1_790_251_390.5 },
    expected: refused('timestamps', invalid, 'Invalid timestamp in token claims.'),
  },
  { name: 'exp as digits in a string', source: recordings, claims: { exp: '1790251390' }, expected: accepted },
  {
    name: 'crit in the header',
    source: recordings,
    header: { crit: ['custom'], custom: 'yes' },
    expected: refused('critical-header', invalid, /not a valid JWT/),
  },
  {
    name: 'no kid, and the one key fits',
    source: 'radkawar/stackd, internal/services/sts/testdata/oidc/README.md: works only with a single available key',
    header: { kid: undefined },
    expected: acceptedWith('key-id'),
  },
  {
    name: 'a kid that the issuer does not publish',
    source: recordings,
    signature: { state: 'invalid', reason: keyNotRetrieved },
    expected: refused(
      'signature',
      invalid,
      /^Couldn't retrieve verification key from your identity provider, {2}please/,
    ),
  },
  {
    name: 'a changed token',
    source: 'radkawar/stackd, internal/services/sts/testdata/oidc/README.md: modified tokens fail verification',
    signature: { state: 'invalid', reason: 'it is of another key.' },
    expected: refused('signature', invalid),
  },
  {
    name: 'a signature that nobody checked here',
    source: `${guide}: AWS verifies with the published keys`,
    signature: { state: 'unchecked' },
    expected: acceptedWith('signature'),
  },
  { name: 'typ at+jwt', source: openQuestions, header: { typ: 'at+jwt' }, expected: unknownBecause('token-type') },
  {
    name: 'a token of 25 000 characters',
    source: `${stsModel}, clientTokenType`,
    length: 25_000,
    expected: refused('token-size', 'ValidationError', /less than or equal to 20000/),
  },
  {
    name: 'a token of 20 000 characters',
    source: `${stsModel}, clientTokenType`,
    length: 20_000,
    expected: accepted,
  },
]
