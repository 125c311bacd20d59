import {
  GetRoleCommand,
  GetRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  type Role,
  type RoleDetail,
} from '@aws-sdk/client-iam'
import type { JsonValue } from '@federate/core/plan'
import { tagsOf } from './actual-provider.ts'
import { type Administrator, explained, explainedOrAbsent } from './iam.ts'
import type { Tags } from './marks.ts'

/** A role as IAM has it. */
export interface ActualRole {
  readonly arn: string
  readonly name: string
  readonly path: string
  readonly trustPolicy: JsonValue
  /** ARNs of the attached managed policies, sorted. */
  readonly policies: readonly string[]
  readonly inlinePolicies: Readonly<Record<string, JsonValue>>
  readonly permissionsBoundary: string | undefined
  /** In seconds. Unknown when read in bulk from outside our path. */
  readonly maxSessionDuration: number | undefined
  readonly tags: Tags
}

/** A role from the two lists that are read in bulk; `role` is there for the roles under our path. */
export function roleFromDetail(detail: RoleDetail, role: Role | undefined): ActualRole {
  const inline = (detail.RolePolicyList ?? []).map(({ PolicyName = '', PolicyDocument }) => [
    PolicyName,
    policyDocument(PolicyDocument),
  ])
  return {
    arn: detail.Arn ?? '',
    name: detail.RoleName ?? '',
    path: detail.Path ?? '/',
    trustPolicy: policyDocument(detail.AssumeRolePolicyDocument),
    policies: arnsOf(detail.AttachedManagedPolicies ?? []),
    inlinePolicies: Object.fromEntries(inline),
    permissionsBoundary: detail.PermissionsBoundary?.PermissionsBoundaryArn,
    maxSessionDuration: role?.MaxSessionDuration,
    tags: tagsOf(detail.Tags ?? []),
  }
}

/** Reads one role afresh, by single calls; `undefined` when there is none. */
export async function readRole(by: Administrator, name: string, signal: AbortSignal): Promise<ActualRole | undefined> {
  const role = await readRoleItself(by, name, signal)
  if (role === undefined) return undefined
  const [policies, inlinePolicies] = await Promise.all([
    attachedPolicies(by, name, signal),
    inlinePoliciesOf(by, name, signal),
  ])
  return {
    arn: role.Arn ?? '',
    name,
    path: role.Path ?? '/',
    trustPolicy: policyDocument(role.AssumeRolePolicyDocument),
    policies,
    inlinePolicies,
    permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
    maxSessionDuration: role.MaxSessionDuration,
    tags: tagsOf(role.Tags ?? []),
  }
}

/** A role by name without its policies: what decides who may take it, and for how long. */
export async function readRoleTrust(by: Administrator, name: string, signal: AbortSignal) {
  const role = await readRoleItself(by, name, signal)
  if (role === undefined) return undefined
  const { Arn: arn = '', AssumeRolePolicyDocument, MaxSessionDuration: maxSessionDuration = 3600 } = role
  return { arn, trustPolicy: JSON.stringify(policyDocument(AssumeRolePolicyDocument)), maxSessionDuration }
}

/** What the bulk read leaves out of roles that are not under our path. */
export async function readSessionDuration(by: Administrator, name: string, signal: AbortSignal) {
  return (await readRoleItself(by, name, signal))?.MaxSessionDuration
}

async function readRoleItself(by: Administrator, name: string, signal: AbortSignal): Promise<Role | undefined> {
  const call = { action: 'iam:GetRole', resource: `role ${name}`, account: by.account }
  const command = new GetRoleCommand({ RoleName: name })
  const answer = await explainedOrAbsent(signal, call, () => by.iam.send(command, { abortSignal: signal }))
  return answer?.Role
}

async function attachedPolicies(by: Administrator, name: string, signal: AbortSignal): Promise<string[]> {
  const call = { action: 'iam:ListAttachedRolePolicies', resource: `role ${name}`, account: by.account }
  return explained(signal, call, async () => {
    const found: string[] = []
    const pages = paginateListAttachedRolePolicies({ client: by.iam }, { RoleName: name }, { abortSignal: signal })
    for await (const page of pages) found.push(...arnsOf(page.AttachedPolicies ?? []))
    return found.sort()
  })
}

async function inlinePoliciesOf(by: Administrator, name: string, signal: AbortSignal) {
  const call = { action: 'iam:ListRolePolicies', resource: `role ${name}`, account: by.account }
  const names = await explained(signal, call, async () => {
    const found: string[] = []
    const pages = paginateListRolePolicies({ client: by.iam }, { RoleName: name }, { abortSignal: signal })
    for await (const page of pages) found.push(...(page.PolicyNames ?? []))
    return found.sort()
  })
  const documents = names.map(async (policy) => [policy, await inlinePolicy(by, name, policy, signal)] as const)
  return Object.fromEntries(await Promise.all(documents))
}

async function inlinePolicy(by: Administrator, name: string, policy: string, signal: AbortSignal): Promise<JsonValue> {
  const call = { action: 'iam:GetRolePolicy', resource: `role ${name}`, account: by.account }
  const command = new GetRolePolicyCommand({ RoleName: name, PolicyName: policy })
  const answer = await explained(signal, call, () => by.iam.send(command, { abortSignal: signal }))
  return policyDocument(answer.PolicyDocument)
}

/** IAM gives policies as percent-encoded JSON (RFC 3986). What is no JSON is kept as text, so that it shows as a difference. */
function policyDocument(encoded: string | undefined): JsonValue {
  if (encoded === undefined) return null
  try {
    return JSON.parse(decodeURIComponent(encoded))
  } catch {
    return encoded
  }
}

function arnsOf(policies: readonly { PolicyArn?: string | undefined }[]): string[] {
  return policies.flatMap(({ PolicyArn }) => (PolicyArn === undefined ? [] : [PolicyArn])).sort()
}
