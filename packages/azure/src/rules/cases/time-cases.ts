import { type AcceptanceCase, accepted, refused, seconds, unknownBecause } from './acceptance-case.ts'
import { sources } from './sources.ts'

const outside = 'Azure/login#180, #372 (AADSTS700024)'
const undocumented = 'Microsoft identity platform, certificate-credentials: exp and nbf count, no tolerance is named'

/** Clocks and lifetimes. */
export const timeCases: readonly AcceptanceCase[] = [
  {
    name: 'expired half an hour ago',
    source: 'AzureAD/microsoft-authentication-library-for-dotnet#4951 (AADSTS700024)',
    claims: { exp: seconds - 1800 },
    leeway: 300,
    expected: {
      decision: 'refused',
      rule: 'expiry',
      code: 'AADSTS700024',
      message:
        'Current time: 2026-09-24T12:00:00.500Z, assertion valid from 1970-01-01T00:00:00.000Z, expiry time of assertion 2026-09-24T11:30:00.000Z.',
    },
  },
  {
    name: 'a GitHub token of ten minutes, used later',
    source: 'dotnet/docker-tools#1310 (AADSTS700024)',
    claims: { nbf: seconds - 13_361, exp: seconds - 12_761 },
    leeway: 300,
    expected: refused('expiry', '700024'),
  },
  {
    name: 'the clock an hour behind',
    source: 'obikuro/Sato#1 (AADSTS700024)',
    claims: { exp: seconds - 3260 },
    leeway: 300,
    expected: refused('expiry', '700024'),
  },
  {
    name: 'expired by a second, as the sandbox sees it',
    source: outside,
    claims: { exp: seconds - 1 },
    expected: refused('expiry', '700024'),
  },
  {
    name: 'expires this very second',
    source: 'RFC 7519 section 4.1.4: on or after which the JWT must not be accepted',
    claims: { exp: seconds },
    expected: refused('expiry', '700024'),
  },
  {
    name: 'expired by a second',
    source: undocumented,
    claims: { exp: seconds - 1 },
    leeway: 300,
    expected: unknownBecause('expiry'),
  },
  {
    name: 'not valid for another hour',
    source: outside,
    claims: { nbf: seconds + 3600, exp: seconds + 7200 },
    leeway: 300,
    expected: refused('not-before', '700024'),
  },
  {
    name: 'not valid for another minute',
    source: undocumented,
    claims: { nbf: seconds + 60 },
    leeway: 300,
    expected: unknownBecause('not-before'),
  },
  {
    name: 'a day of life',
    source: 'Azure/azure-workload-identity, azwi: token expiration from 1 to 24 hours',
    claims: { exp: seconds + 86_400 },
    expected: accepted,
  },
  {
    name: 'one minute left',
    source: 'Microsoft identity platform, certificate-credentials: no least lifetime is named',
    claims: { exp: seconds + 60 },
    expected: accepted,
  },
  {
    name: 'exp as a text',
    source: sources.errorCodes,
    claims: { exp: 'tomorrow' },
    expected: refused('timestamps', '50027'),
  },
]
