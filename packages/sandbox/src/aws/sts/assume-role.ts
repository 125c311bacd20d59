import type { RequestContext } from '@federate/aws/rules'
import type { Now } from '@federate/core'
import type { AccessKeys, Caller } from '../access-keys.ts'
import type { Parameters } from '../parameters.ts'
import { faults, QueryFault } from '../query-fault.ts'
import type { Account, Role } from '../state.ts'
import type { XmlRecord } from '../xml.ts'
import { type AwsPrincipal, trustInCaller } from './caller-trust.ts'
import { isAdministrator, mayAssume } from './identity-policies.ts'
import { checkSessionPolicies } from './session-policy.ts'

/** What the call works on. */
export interface RoleWorld {
  readonly accounts: ReadonlyMap<string, Account>
  readonly keys: AccessKeys
  readonly now: Now
}

/** Gives a session of a role to a caller with AWS credentials. @throws QueryFault with AWS's answer. */
export function assumeRole(parameters: Parameters, caller: Caller, world: RoleWorld): XmlRecord {
  const roleArn = parameters.required('RoleArn')
  const request = requestOf(parameters)
  const account = world.accounts.get(roleArn.split(':')[4] ?? '')
  const role = [...(account?.roles.values() ?? [])].find(({ arn }) => arn === roleArn)
  const principal = principalOf(caller, world)
  if (account === undefined || role === undefined) throw denied(caller, 'sts:AssumeRole', roleArn)
  for (const action of neededActions(request)) refuseUntrusted(action, role, caller, principal, request, world)
  refuseLongSession(request, role, caller)
  checkSessionPolicies(parameters)
  return issue(request, role, account, world)
}

interface RoleRequest {
  readonly sessionName: string
  readonly duration: number
  readonly externalId: string | undefined
  readonly sourceIdentity: string | undefined
  readonly tags: readonly { readonly key: string; readonly value: string }[]
  readonly transitive: readonly string[]
}

function requestOf(parameters: Parameters): RoleRequest {
  const sessionName = parameters.required('RoleSessionName')
  const duration = parameters.integer('DurationSeconds') ?? 3600
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) throw invalid('roleSessionName', sessionName)
  if (!(duration >= 900 && duration <= 43_200)) throw invalid('durationSeconds', `${duration}`)
  return {
    sessionName,
    duration,
    externalId: parameters.text('ExternalId'),
    sourceIdentity: parameters.text('SourceIdentity'),
    tags: parameters.tags(),
    transitive: parameters.list('TransitiveTagKeys') ?? [],
  }
}

function neededActions({ tags, sourceIdentity }: RoleRequest): readonly string[] {
  return [
    'sts:AssumeRole',
    ...(tags.length > 0 ? ['sts:TagSession'] : []),
    ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ]
}

function refuseUntrusted(
  action: string,
  role: Role,
  caller: Caller,
  principal: AwsPrincipal,
  request: RoleRequest,
  world: RoleWorld,
): void {
  const trust = trustInCaller(role.trustPolicy, action, principal, contextOf(request, principal))
  const home = role.arn.split(':')[4]
  if (trust === 'named' && home === caller.account) return
  if (trust !== 'refused' && (caller.kind === 'admin' || mayAssume(callerRole(caller, world), action, role.arn))) return
  throw denied(caller, action, role.arn)
}

/** A session is known by its role; its ARN does not hold the role's path. */
function principalOf(caller: Caller, world: RoleWorld): AwsPrincipal {
  const role = callerRole(caller, world)
  return { account: caller.account, arn: role?.arn ?? caller.arn, sessionArn: caller.arn }
}

function callerRole({ arn, account }: Caller, { accounts }: RoleWorld): Role | undefined {
  const [, name = ''] = /:assumed-role\/([^/]+)\//.exec(arn) ?? []
  return accounts.get(account)?.roles.get(name)
}

function contextOf(request: RoleRequest, principal: AwsPrincipal): RequestContext {
  const values = new Map<string, readonly string[]>([
    ['sts:rolesessionname', [request.sessionName]],
    ['aws:principalaccount', [principal.account]],
    ['aws:principalarn', [principal.arn]],
  ])
  if (request.externalId !== undefined) values.set('sts:externalid', [request.externalId])
  if (request.sourceIdentity !== undefined) values.set('sts:sourceidentity', [request.sourceIdentity])
  for (const { key, value } of request.tags) values.set(`aws:requesttag/${key.toLowerCase()}`, [value])
  return (key) => {
    const [value] = values.get(key.toLowerCase()) ?? []
    return value === undefined ? { kind: 'absent' } : { kind: 'single', value }
  }
}

function refuseLongSession({ duration }: RoleRequest, role: Role, caller: Caller): void {
  if (caller.arn.includes(':assumed-role/') && duration > 3600)
    throw new QueryFault(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    )
  if (duration > role.maxSessionDuration)
    throw new QueryFault(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    )
}

function issue(request: RoleRequest, role: Role, account: Account, { keys, now }: RoleWorld): XmlRecord {
  const userId = `${role.id}:${request.sessionName}`
  const arn = `arn:${account.partition}:sts::${account.id}:assumed-role/${role.name}/${request.sessionName}`
  const expiresAt = Math.floor(now() / 1000 + request.duration) * 1000
  const kind = isAdministrator(role) ? 'admin' : 'session'
  const key = keys.addSession({ kind, account: account.id, arn, userId }, expiresAt, now())
  return {
    Credentials: {
      AccessKeyId: key.accessKeyId,
      SecretAccessKey: key.secretAccessKey,
      SessionToken: key.sessionToken,
      Expiration: new Date(expiresAt),
    },
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    SourceIdentity: request.sourceIdentity,
  }
}

function denied(caller: Caller, action: string, roleArn: string): QueryFault {
  return faults.accessDenied(`User: ${caller.arn} is not authorized to perform: ${action} on resource: ${roleArn}`)
}

function invalid(field: string, value: string): QueryFault {
  return new QueryFault(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint`,
  )
}
