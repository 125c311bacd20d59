import { generateKeyPairSync } from 'node:crypto'
import { type AcceptanceQuestion, evaluate, parseProviderName } from '@federate/gcp/rules'
import { SignJWT } from 'jose'
import { GoogleFault, invalid, permissionDenied, unauthenticated } from './google-fault.ts'
import { type GoogleRequest, refuseUnknownFields, textField, textsField } from './request.ts'
import { refuseUnknownScopes } from './scopes.ts'
import type { AccountRecord } from './state.ts'
import type { World } from './world.ts'

const withoutOrganisationPolicy = 3_600

/** Google's own key, by which it signs ID tokens of service accounts; new in every process. */
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** A service account's access token for whoever may impersonate it (IAM Service Account Credentials REST reference). */
export function generateAccessToken(email: string, { body, bearer }: GoogleRequest, world: World): object {
  refuseUnknownFields(body, ['scope', 'lifetime', 'delegates'])
  impersonated(email, bearer, 'iam.serviceAccounts.getAccessToken', world)
  const scopes = textsField(body, 'scope') ?? []
  if (scopes.length === 0) throw invalid('The scope field is required.')
  refuseUnknownScopes(scopes)
  const [, seconds = '0'] = /^(\d+)s$/.exec(textField(body, 'lifetime') ?? '3600s') ?? []
  if (Number(seconds) < 1 || Number(seconds) > withoutOrganisationPolicy)
    throw invalid('The access token lifetime cannot exceed 3600 seconds.')
  const expiresAt = Math.floor(world.now() / 1000 + Number(seconds)) * 1000
  return {
    accessToken: world.tokens.issue({ kind: 'service account', email, scopes, expiresAt }),
    expireTime: new Date(expiresAt).toISOString().replace(/\.\d{3}Z$/, 'Z'),
  }
}

/** A service account's ID token, signed as Google signs: RS256, one hour. */
export async function generateIdToken(email: string, { body, bearer }: GoogleRequest, world: World): Promise<object> {
  refuseUnknownFields(body, ['audience', 'includeEmail', 'delegates'])
  const { account } = impersonated(email, bearer, 'iam.serviceAccounts.getOpenIdToken', world)
  const audience = textField(body, 'audience') ?? ''
  if (audience === '') throw invalid('The audience field is required.')
  const now = Math.floor(world.now() / 1000)
  const about = body['includeEmail'] === true ? { email, email_verified: true } : {}
  const token = await new SignJWT({ ...about, azp: account.uniqueId })
    .setProtectedHeader({ alg: 'RS256', kid: 'sandbox', typ: 'JWT' })
    .setIssuer('https://accounts.google.com')
    .setSubject(account.uniqueId)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + 3_600)
    .sign(privateKey)
  return { token }
}

/** Lets a federated principal in by the account's policy. @throws GoogleFault PERMISSION_DENIED, UNAUTHENTICATED */
function impersonated(email: string, bearer: string | undefined, permission: string, world: World): AccountRecord {
  const who = world.tokens.find(bearer)
  if (who === undefined || who.kind === 'service account') throw unauthenticated()
  const record = world.projects.flatMap(({ serviceAccounts }) => serviceAccounts.get(email) ?? [])[0]
  const resource = `projects/-/serviceAccounts/${email}`
  if (record === undefined) throw permissionDenied(permission, resource)
  if (who.kind === 'federated') {
    refuseDisabledPool(who.question, world)
    const policy = record.policy.known ?? { bindings: [] }
    const verdict = evaluate({ ...who.question, access: { kind: 'impersonation', serviceAccount: email, policy } })
    if (verdict.decision !== 'accepted') throw permissionDenied(permission, resource)
  }
  if (record.account.disabled) throw new GoogleFault('FAILED_PRECONDITION', 'Service account is disabled.')
  return record
}

/** Tokens outlive their provider, but a disabled or deleted pool ends them (IAM REST reference, WorkloadIdentityPool.disabled). */
function refuseDisabledPool({ provider }: AcceptanceQuestion, { projects }: World): void {
  const name = parseProviderName(provider?.name ?? '')
  const project = projects.find(({ number }) => number === name?.project)
  const pool = project?.pools.get(name?.pool ?? '')?.pool.known
  if (pool === undefined || pool.disabled || pool.deletedAt !== undefined) throw unauthenticated()
}
