import { type AcceptanceCase, accepted, acceptedWith, refused, seconds, unknownBecause } from './acceptance-case.ts'
import { sources } from './sources.ts'

const stale = (issued: number | string) => `ID Token issued at ${issued} is stale to sign-in.`

/** Clocks and lifetimes. */
export const timeCases: readonly AcceptanceCase[] = [
  {
    name: 'expired by a second, within the tolerance',
    source: `${sources.measured}: exp −59 s OK`,
    claims: { exp: seconds - 1 },
    leeway: 60,
    expected: acceptedWith('expiry'),
  },
  {
    name: 'expired by 59 seconds',
    source: `${sources.measured}: exp −59 s OK`,
    claims: { exp: seconds - 59, iat: seconds - 359 },
    leeway: 60,
    expected: acceptedWith('expiry'),
  },
  {
    name: 'expired by 61 seconds',
    source: `${sources.measured}: exp −61 s rejected`,
    claims: { exp: seconds - 61, iat: seconds - 361 },
    leeway: 60,
    expected: refused('expiry', 'invalid_grant', stale(seconds - 361)),
  },
  {
    name: 'expired by a second, without tolerance as in the sandbox',
    source: 't-k/fireemu record-oidc 39209e: a token that expires now is stale',
    claims: { exp: seconds - 1 },
    expected: refused('expiry', 'invalid_grant', stale(seconds - 10)),
  },
  {
    name: 'issued 60 seconds ahead',
    source: `${sources.measured}: iat +60 s OK`,
    claims: { iat: seconds + 60 },
    leeway: 60,
    expected: acceptedWith('issued-at'),
  },
  {
    name: 'issued 119 seconds ahead',
    source: `${sources.measured}: iat +119 s rejected`,
    claims: { iat: seconds + 119 },
    leeway: 60,
    expected: refused('issued-at', 'invalid_grant', stale(seconds + 119)),
  },
  {
    name: 'issued ahead, without tolerance as in the sandbox',
    source: `${sources.sts}, iat: must be in the past`,
    claims: { iat: seconds + 1 },
    expected: refused('issued-at', 'invalid_grant', stale(seconds + 1)),
  },
  {
    name: 'issued two hours ago and alive',
    source: `${sources.measured}: iat 2 h in the past accepted`,
    claims: { iat: seconds - 7200 },
    expected: accepted,
  },
  {
    name: 'no iat',
    source: sources.measured,
    claims: { iat: undefined },
    expected: refused('issued-at', 'invalid_grant', stale('null')),
  },
  {
    name: 'no exp',
    source: sources.measured,
    claims: { exp: undefined },
    expected: refused('expiry', 'invalid_grant', stale(seconds - 10)),
  },
  {
    name: 'iat as a text',
    source: 'RFC 7519 section 4.1.6: iat is a number',
    claims: { iat: String(seconds) },
    expected: refused('issued-at', 'invalid_grant', stale('null')),
  },
  {
    name: 'a life of 24 hours',
    source: 'docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-providers: at most 24 hours',
    claims: { iat: seconds, exp: seconds + 24 * 3600 },
    expected: accepted,
  },
  {
    name: 'a life of 25 hours',
    source: `the guide says 24 hours, ${sources.sts} says 48, and the measurements saw none: nothing is certain`,
    claims: { iat: seconds, exp: seconds + 25 * 3600 },
    expected: unknownBecause('lifetime'),
  },
  {
    name: 'a life of 48 hours',
    source: `${sources.sts}, exp: less than 48 hours after iat; the measurements saw no limit`,
    claims: { iat: seconds, exp: seconds + 48 * 3600 },
    expected: unknownBecause('lifetime'),
  },
  {
    name: 'a start in the past',
    source: 'RFC 7519 section 4.1.5',
    claims: { nbf: seconds - 1 },
    expected: accepted,
  },
  {
    name: 'a start in the future',
    source: `${sources.sts} does not name nbf`,
    claims: { nbf: seconds + 3600 },
    expected: unknownBecause('not-before'),
  },
]
