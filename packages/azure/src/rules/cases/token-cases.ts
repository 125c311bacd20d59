import { type AcceptanceCase, accepted, acceptedWith, refused, unknownBecause } from './acceptance-case.ts'
import { sources } from './sources.ts'

const untested = `${sources.considerations}: RS256 is supported, others "may work, but haven’t been tested"`

/** The request and the token as such. */
export const tokenCases: readonly AcceptanceCase[] = [
  { name: 'an RS256 token of Keycloak', source: sources.considerations, expected: accepted },
  { name: 'RS384', source: untested, header: { alg: 'RS384' }, expected: acceptedWith('algorithm') },
  { name: 'RS512', source: untested, header: { alg: 'RS512' }, expected: acceptedWith('algorithm') },
  {
    name: 'PS256',
    source: `${untested}; ${sources.ecdsa}`,
    header: { alg: 'PS256' },
    expected: acceptedWith('algorithm'),
  },
  {
    name: 'ES256',
    source: sources.ecdsa,
    header: { alg: 'ES256' },
    expected: {
      decision: 'refused',
      rule: 'algorithm',
      code: 'AADSTS5002738',
      message: "'ES256' is not a supported signature algorithm.",
    },
  },
  { name: 'ES384', source: sources.oidcIdentity, header: { alg: 'ES384' }, expected: refused('algorithm', '5002738') },
  { name: 'ES512', source: sources.ecdsa, header: { alg: 'ES512' }, expected: refused('algorithm', '5002738') },
  {
    name: 'HS256',
    source: 'AzureAD/microsoft-authentication-library-for-dotnet, BadCredBadAlgError5002738 (recorded answer)',
    header: { alg: 'HS256' },
    expected: refused('algorithm', '5002738'),
  },
  {
    name: 'no signature',
    source: `${sources.considerations}: only tokens signed by RS256`,
    header: { alg: 'none' },
    expected: refused('algorithm', '5002738'),
  },
  { name: 'EdDSA', source: sources.ecdsa, header: { alg: 'EdDSA' }, expected: refused('algorithm', '5002738') },
  {
    name: 'no algorithm at all',
    source: `${sources.considerations}: only tokens signed by RS256`,
    header: { alg: undefined },
    expected: refused('algorithm', '5002738'),
  },
  {
    name: 'typ at+jwt',
    source: `${sources.oidcIdentity}; keycloak/keycloak#37573 (the client setting that writes it)`,
    header: { typ: 'at+jwt' },
    expected: {
      decision: 'refused',
      rule: 'token-type',
      code: 'AADSTS5002727',
      message: 'Invalid JWT header type specified.',
    },
  },
  {
    name: 'typ application/at+jwt',
    source: sources.oidcIdentity,
    header: { typ: 'application/at+jwt' },
    expected: refused('token-type', '5002727'),
  },
  {
    name: 'the long name of JWT',
    source: sources.oidcIdentity,
    header: { typ: 'http://openid.net/specs/jwt/1.0' },
    expected: accepted,
  },
  {
    name: 'no typ',
    source: 'RFC 7519 section 5.1: typ is optional; what Entra does without it is not documented',
    header: { typ: undefined },
    expected: unknownBecause('token-type'),
  },
  {
    name: 'Keycloak’s claim typ, Bearer',
    source: `RFC 7515 section 4.1.9: typ is of the header; ${sources.oidcIdentity}: "JWT header type"`,
    claims: { typ: 'Bearer' },
    expected: accepted,
  },
  {
    name: 'further claims',
    source: sources.resource,
    claims: { environment: 'production', azp: 'billing', scope: 'openid' },
    expected: accepted,
  },
  {
    name: 'no client in the tenant',
    source: `${sources.devOps}: AADSTS700016`,
    client: null,
    expected: {
      decision: 'refused',
      rule: 'client',
      code: 'AADSTS700016',
      message: 'You may have sent your authentication request to the wrong tenant.',
    },
  },
  {
    name: 'a client without a credential',
    source: `${sources.devOps}: AADSTS70025`,
    credentials: [],
    expected: refused('credentials', '70025'),
  },
  {
    name: 'no iss',
    source: sources.errorCodes,
    claims: { iss: undefined },
    expected: refused('required-claims', '50027'),
  },
  {
    name: 'no sub, as of a Keycloak client without the scope basic',
    source: `${sources.errorCodes}: "doesn’t contain … sub claim"`,
    claims: { sub: undefined },
    expected: refused('required-claims', '50027', 'sub is missing'),
  },
  {
    name: 'no exp',
    source: sources.errorCodes,
    claims: { exp: undefined },
    expected: refused('required-claims', '50027'),
  },
  { name: 'an empty sub', source: sources.errorCodes, claims: { sub: '' }, expected: refused('claim-shapes', '50027') },
  {
    name: 'a sub that is a number',
    source: sources.errorCodes,
    claims: { sub: 42 },
    expected: refused('claim-shapes', '50027'),
  },
]
