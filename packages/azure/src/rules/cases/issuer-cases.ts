import { type AcceptanceCase, accepted, audience, credential, issuer, refused, subject } from './acceptance-case.ts'
import { sources } from './sources.ts'

const slash = 'MicrosoftDocs/azure-docs#97699, #105462 (a slash at the end of the credential’s issuer)'
const unmatched = (hint?: string) => refused('issuer', '700211', hint)

/** Who issued the token. */
export const issuerCases: readonly AcceptanceCase[] = [
  { name: 'the very same', source: sources.resource, expected: accepted },
  {
    name: 'a slash that only the credential has',
    source: slash,
    credential: { issuer: `${issuer}/` },
    expected: unmatched('by the slash at the end. The first difference is at character 35'),
  },
  {
    name: 'a slash that only the token has',
    source: 'Azure/login#283 (GitHub Enterprise Server, issuer with and without the slash)',
    claims: { iss: `${issuer}/` },
    expected: unmatched('the token has "/"'),
  },
  {
    name: 'a slash that both have, as on AKS',
    source: 'Azure/azure-workload-identity#1200 (issuer of AKS ends with a slash)',
    claims: { iss: 'https://eastus2.oic.prod-aks.azure.com/tenant/cluster/' },
    credential: { issuer: 'https://eastus2.oic.prod-aks.azure.com/tenant/cluster/' },
    expected: accepted,
  },
  {
    name: 'two slashes at the end',
    source: 'Azure/azure-workload-identity#340 (issuer given as https://token.actions.githubusercontent.com//)',
    claims: { iss: 'https://token.actions.githubusercontent.com' },
    credential: { issuer: 'https://token.actions.githubusercontent.com//' },
    expected: unmatched('by the slash at the end'),
  },
  {
    name: 'the realm in other letters',
    source: sources.caseSensitive,
    claims: { iss: issuer.replace('Prod', 'prod') },
    expected: unmatched(
      'upper and lower case only. The first difference is at character 31: the credential has "P", the token has "p"',
    ),
  },
  {
    name: 'the host in other letters',
    source: sources.caseSensitive,
    claims: { iss: issuer.replace('kc', 'KC') },
    expected: unmatched('upper and lower case only'),
  },
  {
    name: 'the scheme in other letters',
    source: sources.caseSensitive,
    credential: { issuer: issuer.replace('https', 'HTTPS') },
    expected: unmatched('upper and lower case only'),
  },
  {
    name: 'another realm',
    source: `${sources.devOps}: AADSTS700211`,
    claims: { iss: issuer.replace('Prod', 'Test') },
    expected: unmatched('character 31'),
  },
  {
    name: 'another host',
    source: `${sources.devOps}: AADSTS700211`,
    claims: { iss: issuer.replace('kc.', 'sso.') },
    expected: unmatched('character 9'),
  },
  {
    name: 'the internal address of the same Keycloak',
    source: `${sources.devOps}: AADSTS700211, the issuer URL is not correct`,
    claims: { iss: 'https://kc.example.com:8443/realms/Prod' },
    expected: unmatched('the token has ":"'),
  },
  {
    name: 'the old base path',
    source: sources.resource,
    claims: { iss: 'https://kc.example.com/auth/realms/Prod' },
    expected: unmatched(),
  },
  {
    name: 'http where the credential has https',
    source: sources.resource,
    claims: { iss: issuer.replace('https', 'http') },
    expected: unmatched('the credential has "s", the token has ":"'),
  },
  {
    name: 'a port that is the usual one',
    source: sources.resource,
    credential: { issuer: 'https://kc.example.com:443/realms/Prod' },
    expected: unmatched(),
  },
  {
    name: 'a space at the end of the credential’s issuer',
    source: `${sources.caseSensitive}; matching is exact`,
    credential: { issuer: `${issuer} ` },
    expected: unmatched('in spaces only'),
  },
  {
    name: 'a space at the end of both',
    source: sources.whitespace,
    claims: { iss: `${issuer} ` },
    credential: { issuer: `${issuer} ` },
    expected: unmatched('begins or ends with a space'),
  },
  {
    name: 'a space at the beginning of both',
    source: sources.whitespace,
    claims: { iss: ` ${issuer}` },
    credential: { issuer: ` ${issuer}` },
    expected: unmatched('begins or ends with a space'),
  },
  {
    name: 'an encoded character in the credential',
    source: sources.resource,
    claims: { iss: 'https://kc.example.com/realms/my realm' },
    credential: { issuer: 'https://kc.example.com/realms/my%20realm' },
    expected: unmatched('in percent-encoding only'),
  },
  {
    name: 'an encoded character in the token',
    source: sources.resource,
    claims: { iss: 'https://kc.example.com/realms/%50rod' },
    expected: unmatched('in percent-encoding only. The first difference is at character 31'),
  },
  {
    name: 'a letter of another alphabet that looks the same',
    source: sources.resource,
    claims: { iss: issuer.replace('o', 'о') },
    expected: unmatched('(U+043E)'),
  },
  {
    name: 'no credential for this issuer, one for another',
    source: 'Azure/azure-workload-identity#1200 (AADSTS700211)',
    credentials: [{ name: 'other', issuer: 'https://other.example.com', subject, audiences: [audience] }],
    expected: unmatched(),
  },
  {
    name: 'no credential for this issuer among several',
    source: sources.resource,
    credentials: [
      { name: 'far', issuer: 'https://other.example.com', subject, audiences: [audience] },
      { ...credential, name: 'near', issuer: issuer.toLowerCase() },
    ],
    expected: unmatched('upper and lower case only'),
  },
  {
    name: 'the second of several credentials',
    source: sources.resource,
    credentials: [{ name: 'first', issuer: 'https://other.example.com', subject, audiences: [audience] }, credential],
    expected: accepted,
  },
  {
    name: 'a token of Entra',
    source: 'MicrosoftDocs/azure-docs#90276 (AADSTS700222)',
    claims: { iss: 'https://login.microsoftonline.com/2a585d57-a5a8-4688-a60c-9796389eae7a/v2.0' },
    expected: refused('foreign-token', '700222'),
  },
  {
    name: 'a token of Entra, version 1',
    source: 'AzureAD/microsoft-identity-web#2519 (AADSTS700222)',
    claims: { iss: 'https://sts.windows.net/2a585d57-a5a8-4688-a60c-9796389eae7a/' },
    expected: refused('foreign-token', '700222'),
  },
  {
    name: 'a host that only begins like Entra’s',
    source: sources.resource,
    claims: { iss: 'https://login.microsoftonline.com.example.org/x' },
    credential: { issuer: 'https://login.microsoftonline.com.example.org/x' },
    expected: accepted,
  },
]
