import { keyNotRetrieved } from '../refusals.ts'
import { type AcceptanceCase, accepted, acceptedWith, providerName, refused } from './acceptance-case.ts'
import { sources } from './sources.ts'

const rsa = { kty: 'RSA', alg: 'RS256', use: 'sig', kid: 'k1', n: 'AQAB', e: 'AQAB' }
const p256 = { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: 'k1', x: 'AQAB', y: 'AQAB' }
const jwks = (...keys: readonly object[]) => JSON.stringify({ keys })
const own = `iam.googleapis.com/${providerName}`
const notConnected = "Error connecting to the given credential's issuer."
const notVerified = 'Unable to verify the ID Token signature.'

/** Header, key and signature, and whom the token is for. */
export const tokenCases: readonly AcceptanceCase[] = [
  { name: 'RS256', source: sources.sts, header: { alg: 'RS256' }, expected: accepted },
  { name: 'ES256', source: `${sources.sts}; ${sources.measured}`, header: { alg: 'ES256' }, expected: accepted },
  ...['RS384', 'RS512', 'PS256', 'ES384', 'EdDSA', 'HS256', 'none'].map((alg) => ({
    name: `algorithm ${alg}`,
    source: `${sources.sts}: alg must be RS256 or ES256`,
    header: { alg },
    expected: refused('algorithm', 'invalid_grant'),
  })),
  {
    name: 'no kid',
    source: `${sources.sts}: the header kid is required`,
    header: { kid: undefined },
    expected: refused('key-id', 'invalid_grant'),
  },
  {
    name: 'a token type of RFC 9068',
    source: `${sources.sts}: the required headers are kid and alg`,
    header: { typ: 'at+jwt' },
    expected: accepted,
  },
  {
    name: 'a signature by another key under the same kid',
    source: sources.measured,
    signature: { state: 'invalid', reason: 'signature verification failed' },
    expected: refused('signature', 'invalid_grant', notVerified),
  },
  {
    name: 'a signature that nobody checked',
    source: `${sources.sts}: Google checks it, so the answer depends on it`,
    signature: { state: 'unchecked' },
    publishedKeys: jwks(rsa),
    expected: acceptedWith('signature'),
  },
  {
    name: 'an issuer that cannot be reached',
    source: `${sources.troubleshoot}#error-connecting`,
    signature: { state: 'invalid', reason: keyNotRetrieved },
    expected: refused('signature', 'invalid_grant', notConnected),
  },
  {
    name: 'a kid that the uploaded keys lack',
    source: sources.measured,
    provider: { jwksJson: jwks({ ...rsa, kid: 'old' }) },
    expected: refused('key', 'invalid_grant', notConnected),
  },
  {
    name: 'a kid that the published keys lack',
    source: `${sources.measured}; fullsend-ai/fullsend#5897`,
    publishedKeys: jwks({ ...rsa, kid: 'old' }),
    expected: refused('key', 'invalid_grant', notConnected),
  },
  {
    name: 'an ES256 token against RSA keys',
    source: `${sources.measured}: EC token vs RSA-only JWKS`,
    header: { alg: 'ES256' },
    provider: { jwksJson: jwks(rsa) },
    expected: refused('key', 'invalid_grant', notConnected),
  },
  {
    name: 'published keys that are no JWKS',
    source:
      'cloud.google.com/kubernetes-engine/fleet-management/docs: "If the JWKS is malformed or expired … Error connecting to the given credential\'s issuer"',
    publishedKeys: '<html>',
    expected: refused('key', 'invalid_grant', notConnected),
  },
  {
    name: 'the uploaded keys have the token’s',
    source: sources.measured,
    provider: { jwksJson: jwks(rsa) },
    expected: accepted,
  },
  {
    name: 'two uploaded keys, RSA and EC',
    source: sources.measured,
    provider: { jwksJson: jwks({ ...rsa, kid: 'old' }, p256) },
    header: { alg: 'ES256' },
    expected: accepted,
  },
  {
    name: 'two uploaded RSA keys, as in a rotation',
    source: sources.measured,
    provider: { jwksJson: jwks({ ...rsa, kid: 'old' }, rsa) },
    expected: accepted,
  },
  {
    name: 'an uploaded RSA key without alg',
    source: sources.measured,
    provider: { jwksJson: jwks({ ...rsa, alg: undefined }) },
    expected: accepted,
  },
  {
    name: 'uploaded keys are asked, not the published ones',
    source: `${sources.rest}, jwksJson: if not set, the jwks_uri will be used`,
    provider: { jwksJson: jwks({ ...rsa, kid: 'old' }) },
    publishedKeys: jwks(rsa),
    expected: refused('key', 'invalid_grant', notConnected),
  },
  ...['P-384', 'P-521'].map((crv) => ({
    name: `an uploaded key on ${crv}`,
    source: `${sources.measured}: "Only RSA, EC key types are supported."`,
    provider: { jwksJson: jwks({ ...p256, crv }) },
    expected: refused('provider-storable', 'invalid_target'),
  })),
  {
    name: 'an uploaded Ed25519 key',
    source: `${sources.measured}: "Input jwks contains corrupted key material."`,
    provider: { jwksJson: jwks({ kty: 'OKP', crv: 'Ed25519', kid: 'k1', x: 'AQAB' }) },
    expected: refused('provider-storable', 'invalid_target'),
  },
  {
    name: 'an uploaded key with x5c and x5t',
    source: `${sources.troubleshoot}: Input JWK is not in a valid json format`,
    provider: { jwksJson: jwks({ ...rsa, x5c: ['MIIB'], x5t: 'AQAB' }) },
    expected: refused('provider-storable', 'invalid_target'),
  },
  {
    name: 'an uploaded text that is no JWKS',
    source: `${sources.rest}, jwksJson: must use the format {"keys": […]}`,
    provider: { jwksJson: JSON.stringify(rsa) },
    expected: refused('provider-storable', 'invalid_target'),
  },
  {
    name: 'an audience that is allowed',
    source: `${sources.rest}, allowedAudiences`,
    expected: accepted,
  },
  {
    name: 'another audience',
    source: sources.measured,
    claims: { aud: 'other' },
    expected: refused(
      'audience',
      'invalid_grant',
      'The audience in ID Token [other] does not match the expected audience.',
    ),
  },
  {
    name: 'no audience',
    source: sources.measured,
    claims: { aud: undefined },
    expected: refused('audience', 'invalid_grant', 'The audience in ID Token [] does not match the expected audience.'),
  },
  {
    name: 'the default audience with https:',
    source: `${sources.rest}, allowedAudiences: if the list is empty`,
    provider: { allowedAudiences: [] },
    claims: { aud: `https://${own}` },
    expected: accepted,
  },
  {
    name: 'the default audience without https:',
    source: `${sources.rest}, allowedAudiences: with or without the HTTPS prefix`,
    provider: { allowedAudiences: [] },
    claims: { aud: `//${own}` },
    expected: accepted,
  },
  {
    name: 'the bare name as audience',
    source: `${sources.rest}, allowedAudiences: the full canonical resource name`,
    provider: { allowedAudiences: [] },
    claims: { aud: providerName },
    expected: refused('audience', 'invalid_grant'),
  },
  {
    name: 'the default audience where others are allowed',
    source: `${sources.measured}: with a list set, the default audience is rejected`,
    claims: { aud: `https://${own}` },
    expected: refused('audience', 'invalid_grant'),
  },
  {
    name: 'one of several audiences in the token',
    source: 'RFC 7519 section 4.1.3: each principal must identify itself with a value in the claim',
    claims: { aud: ['account', 'sts.googleapis.com'] },
    expected: accepted,
  },
  {
    name: 'the second of two allowed audiences',
    source: `${sources.rest}, allowedAudiences: one of the configured values`,
    provider: { allowedAudiences: ['first', 'sts.googleapis.com'] },
    expected: accepted,
  },
  {
    name: 'an audience in other letters',
    source: `${sources.authTroubleshooting}: Google Cloud does distinguish casing`,
    claims: { aud: 'STS.googleapis.com' },
    expected: refused('audience', 'invalid_grant'),
  },
  {
    name: 'eleven allowed audiences',
    source: `${sources.rest}, allowedAudiences: a maximum of 10 audiences`,
    provider: { allowedAudiences: Array.from({ length: 11 }, (_, at) => (at === 0 ? 'sts.googleapis.com' : `a${at}`)) },
    expected: refused('provider-storable', 'invalid_target'),
  },
  {
    name: 'ten allowed audiences',
    source: `${sources.rest}, allowedAudiences: a maximum of 10 audiences`,
    provider: { allowedAudiences: Array.from({ length: 10 }, (_, at) => (at === 0 ? 'sts.googleapis.com' : `a${at}`)) },
    expected: accepted,
  },
  {
    name: 'an allowed audience of 257 characters',
    source: `${sources.rest}, allowedAudiences: at most 256 characters`,
    provider: { allowedAudiences: ['a'.repeat(257)] },
    claims: { aud: 'a'.repeat(257) },
    expected: refused('provider-storable', 'invalid_target'),
  },
  {
    name: 'an allowed audience of 256 characters',
    source: `${sources.rest}, allowedAudiences: at most 256 characters`,
    provider: { allowedAudiences: ['a'.repeat(256)] },
    claims: { aud: 'a'.repeat(256) },
    expected: accepted,
  },
]
