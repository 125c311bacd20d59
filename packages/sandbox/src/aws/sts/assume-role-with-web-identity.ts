import {
  type AcceptanceQuestion,
  clientIdOf,
  evaluate,
  sourceIdentity,
  storedUrl,
  subjectOf,
  tokenNotAJwt,
} from '@federate/aws/rules'
import { type DecodedJwt, type ExaminedToken, type Now, tryReadJwt, type Verdict } from '@federate/core'
import type { AccessKeys } from '../access-keys.ts'
import type { Issuers } from '../issuers.ts'
import type { Parameters } from '../parameters.ts'
import { faults, QueryFault } from '../query-fault.ts'
import type { Account, Provider, Role } from '../state.ts'
import type { XmlRecord } from '../xml.ts'
import { checkSessionPolicies } from './session-policy.ts'
import { verifySignature } from './verify-signature.ts'

/** What the call works on. */
export interface WebIdentityWorld {
  readonly accounts: ReadonlyMap<string, Account>
  readonly keys: AccessKeys
  readonly issuers: Issuers
  readonly now: Now
}

/** Gives a session of a role for an issuer's token, if AWS's rules do. @throws QueryFault with AWS's answer. */
export async function assumeRoleWithWebIdentity(parameters: Parameters, world: WebIdentityWorld): Promise<XmlRecord> {
  const text = parameters.required('WebIdentityToken')
  refuseProviderId(parameters)
  const jwt = tryReadJwt(text)
  const question = await questionOf(parameters, text, jwt, world)
  const verdict = evaluate(question)
  if (jwt === undefined) throw QueryFault.of(requestRefusal(verdict) ?? tokenNotAJwt())
  refuseUnlessAccepted(verdict)
  checkSessionPolicies(parameters)
  return issue(question, world)
}

function refuseProviderId(parameters: Parameters): void {
  if (parameters.text('ProviderId') === undefined) return
  throw faults.accessDenied(
    'Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens',
  )
}

async function questionOf(
  parameters: Parameters,
  text: string,
  jwt: DecodedJwt | undefined,
  world: WebIdentityWorld,
): Promise<AcceptanceQuestion> {
  const roleArn = parameters.required('RoleArn')
  const account = world.accounts.get(roleArn.split(':')[4] ?? '')
  const role = roleOf(account, roleArn)
  return {
    roleArn,
    providers: [...(account?.providers.values() ?? [])],
    role,
    token: await examine(text, jwt, account, world.issuers),
    request: {
      sessionName: parameters.required('RoleSessionName'),
      duration: parameters.integer('DurationSeconds') ?? 3600,
    },
    now: new Date(world.now()),
    leeway: 0,
  }
}

function roleOf(account: Account | undefined, arn: string): Role | undefined {
  return [...(account?.roles.values() ?? [])].find((role) => role.arn === arn)
}

/** Keys are fetched only from providers of the account: nobody makes the sandbox call a host by a token's claim. */
async function examine(
  text: string,
  jwt: DecodedJwt | undefined,
  account: Account | undefined,
  issuers: Issuers,
): Promise<ExaminedToken> {
  const { header, claims } = jwt ?? { header: {}, claims: {} }
  const provider = providerOf(account, claims['iss'])
  const key = provider === undefined ? undefined : await issuers.key(provider.url, header['kid'])
  return { header, claims, length: text.length, signature: await verifySignature(text, header['alg'], key) }
}

function providerOf(account: Account | undefined, issuer: unknown): Provider | undefined {
  const url = typeof issuer === 'string' ? storedUrl(issuer) : undefined
  return [...(account?.providers.values() ?? [])].find((provider) => provider.url === url)
}

/** What is wrong with the call itself comes before what is wrong with its token. */
function requestRefusal(verdict: Verdict): Verdict['refusal'] {
  const first = verdict.rules.find((rule) => rule.outcome === 'failed')?.rule ?? ''
  return ['role-arn', 'session-name', 'duration', 'token-size'].includes(first) ? verdict.refusal : undefined
}

function refuseUnlessAccepted(verdict: Verdict): void {
  if (verdict.refusal !== undefined) throw QueryFault.of(verdict.refusal)
  if (verdict.decision === 'accepted') return
  const open = verdict.rules.filter((rule) => rule.outcome === 'unknown').map((rule) => rule.detail)
  throw faults.accessDenied(
    `Not authorized to perform sts:AssumeRoleWithWebIdentity. The sandbox refuses what it does not know of AWS: ${open.join(' ')}`,
  )
}

function issue(question: AcceptanceQuestion, { keys, accounts, now }: WebIdentityWorld): XmlRecord {
  const { roleArn, request, token } = question
  const [, partition, , , account = ''] = roleArn.split(':')
  const role = roleOf(accounts.get(account), roleArn)
  const provider = providerOf(accounts.get(account), token.claims['iss'])
  const clientId = clientIdOf(token.claims)
  const userId = `${role?.id}:${request.sessionName}`
  const arn = `arn:${partition}:sts::${account}:assumed-role/${role?.name}/${request.sessionName}`
  const expiresAt = Math.floor(now() / 1000 + request.duration) * 1000
  const key = keys.addSession({ kind: 'session', account, arn, userId }, expiresAt, now())
  return {
    Credentials: {
      AccessKeyId: key.accessKeyId,
      SecretAccessKey: key.secretAccessKey,
      SessionToken: key.sessionToken,
      Expiration: new Date(expiresAt),
    },
    SubjectFromWebIdentityToken: subjectOf(token.claims),
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    // What live STS says of a small token; how it counts is not documented.
    PackedPolicySize: 25,
    Provider: provider?.arn,
    Audience: clientId.kind === 'one' ? clientId.value : undefined,
    SourceIdentity: sourceIdentity(token.claims).value,
  }
}
