import { audienceList, clientIdOf, subjectOf } from './claims.ts'
import { home } from './provider.ts'
import type { AcceptanceQuestion, ProviderState } from './question.ts'
import { authorizedRoles, sessionTags, sourceIdentity } from './session-claims.ts'

/** What a condition key holds while a trust policy is evaluated. */
export type ContextValue =
  | { readonly kind: 'absent' }
  | { readonly kind: 'single'; readonly value: string }
  | { readonly kind: 'multiple'; readonly values: readonly string[] }
  | { readonly kind: 'unknown'; readonly reason: string }

/** Looks a condition key up; upper and lower case do not matter. */
export type RequestContext = (key: string) => ContextValue

const absent: ContextValue = { kind: 'absent' }

// These providers have condition keys for further claims of theirs (IAM User Guide, reference_policies_iam-condition-keys).
const sharedProviders =
  /^(token\.actions\.githubusercontent\.com|gitlab\.com|agent\.buildkite\.com|oidc\.circleci\.com|accounts\.google\.com|[^/]+\.identity\.oraclecloud\.com)(\/|$)/i

/** Whether AWS gives this provider condition keys of its own, beyond those of a generic issuer. */
export function hasOwnClaims(providerUrl: string): boolean {
  return sharedProviders.test(providerUrl)
}

/** The condition keys of one AssumeRoleWithWebIdentity call (IAM User Guide, reference_policies_iam-condition-keys). */
export function requestContext(question: AcceptanceQuestion, provider: ProviderState): RequestContext {
  const values = new Map<string, ContextValue>()
  const put = (key: string, value: ContextValue) => values.set(key.toLowerCase(), value)
  for (const [key, value] of tokenKeys(question, provider.url)) put(key, value)
  for (const [key, value] of sessionKeys(question)) put(key, value)
  for (const [key, value] of principalKeys(question, provider)) put(key, value)
  return (key) => values.get(key.toLowerCase()) ?? unlisted(key, provider.url)
}

function tokenKeys({ token: { claims } }: AcceptanceQuestion, url: string): readonly [string, ContextValue][] {
  const clientId = clientIdOf(claims)
  return [
    [`${url}:aud`, clientId.kind === 'one' ? single(clientId.value) : absent],
    [`${url}:oaud`, originalAudience(audienceList(claims))],
    [`${url}:sub`, single(subjectOf(claims))],
    [`${url}:email`, single(claims['email'])],
    [`${url}:amr`, methods(claims['amr'])],
  ]
}

function originalAudience(audiences: readonly string[] | undefined): ContextValue {
  if (audiences === undefined || audiences.length < 2) return single(audiences?.[0])
  return unknown('Whether the key oaud is multivalued for a token with several audiences is not documented.')
}

function methods(claim: unknown): ContextValue {
  const list: readonly unknown[] = Array.isArray(claim) ? claim : claim === undefined ? [] : [claim]
  const values = list.filter((one) => typeof one === 'string')
  return values.length === 0 ? absent : { kind: 'multiple', values }
}

function sessionKeys({ token: { claims }, request, now }: AcceptanceQuestion): readonly [string, ContextValue][] {
  const { tags, transitive } = sessionTags(claims)
  const seconds = Math.floor(now.getTime() / 1000)
  return [
    ...[...tags].map(([key, value]): [string, ContextValue] => [`aws:RequestTag/${key}`, single(value)]),
    ['aws:TagKeys', multiple([...tags.keys()])],
    ['sts:TransitiveTagKeys', multiple(transitive)],
    ['sts:SourceIdentity', single(sourceIdentity(claims).value)],
    ['sts:RoleSessionName', single(request.sessionName)],
    ['sts:RoleAuthorizedByIdp', single(String(authorizedRoles(claims) !== undefined))],
    ['aws:CurrentTime', single(new Date(seconds * 1000).toISOString())],
    ['aws:EpochTime', single(String(seconds))],
    // STS answers over TLS only (IAM User Guide, reference_policies_condition-keys).
    ['aws:SecureTransport', single('true')],
    ['aws:SourceIp', sourceIp(request.sourceIp)],
  ]
}

function sourceIp(address: string | undefined): ContextValue {
  return address === undefined
    ? unknown('From which address the service will call is not known here.')
    : single(address)
}

// As observed in live STS (radkawar/stackd): the caller of a web identity call counts as a user named by its provider.
function principalKeys({ roleArn }: AcceptanceQuestion, provider: ProviderState): readonly [string, ContextValue][] {
  const [, account] = home(roleArn).split(':')
  return [
    ['aws:PrincipalAccount', single(account)],
    ['aws:PrincipalType', single('User')],
    ['aws:userid', single(provider.arn)],
    ['aws:PrincipalArn', absent],
  ]
}

function unlisted(key: string, url: string): ContextValue {
  if (/^aws:RequestTag\//i.test(key)) return absent
  if (/^(aws|sts|saml):/i.test(key)) return unknown(`Whether ${key} has a value in this call is not documented.`)
  const own = key.toLowerCase().startsWith(`${url.toLowerCase()}:`)
  if (own && hasOwnClaims(url)) return unknown(`What AWS puts into ${key} depends on claims of this provider.`)
  return absent
}

function single(value: unknown): ContextValue {
  return typeof value === 'string' ? { kind: 'single', value } : absent
}

function multiple(values: readonly string[]): ContextValue {
  return values.length === 0 ? absent : { kind: 'multiple', values }
}

function unknown(reason: string): ContextValue {
  return { kind: 'unknown', reason }
}
