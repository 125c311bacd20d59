import { faults } from '../query-fault.ts'
import { type Role, uniqueId } from '../state.ts'
import type { IamAction, IamCall } from './action.ts'
import { managedPolicy } from './managed-policy.ts'
import { pageOf } from './pages.ts'
import { checkTrustPolicy } from './policy-documents.ts'
import { fullRole, listedRole } from './render.ts'
import { readTags } from './tags.ts'
import { bounds, checkNumber, checkText } from './validation.ts'

const mostRoles = 1000

const create: IamAction = (call) => {
  const role = newRole(call)
  const { roles } = call.account
  if ([...roles.keys()].some((name) => name.toLowerCase() === role.name.toLowerCase()))
    throw faults.alreadyExists(`Role with name ${role.name} already exists.`)
  if (roles.size >= mostRoles) throw faults.limitExceeded(`Cannot exceed quota for RolesPerAccount: ${mostRoles}`)
  roles.set(role.name, role)
  return { Role: fullRole(role) }
}

function newRole({ account, parameters, now }: IamCall): Role {
  const name = checkText('roleName', parameters.required('RoleName'), bounds.roleName)
  const path = checkText('path', parameters.text('Path') ?? '/', bounds.path)
  const boundary = parameters.text('PermissionsBoundary')
  return {
    name,
    path,
    id: uniqueId('AROA', 17),
    arn: `arn:${account.partition}:iam::${account.id}:role${path}${name}`,
    createDate: now,
    trustPolicy: checkTrustPolicy(account, 'assumeRolePolicyDocument', parameters.required('AssumeRolePolicyDocument')),
    description: readDescription(parameters.text('Description')),
    maxSessionDuration: checkDuration(parameters.integer('MaxSessionDuration') ?? 3600),
    permissionsBoundary: boundary === undefined ? undefined : managedPolicy(account, parameters, 'PermissionsBoundary'),
    attachedPolicies: new Set(),
    inlinePolicies: new Map(),
    tags: new Map(readTags(parameters, 'ignored')),
  }
}

function readDescription(text: string | undefined): string | undefined {
  return text === undefined ? undefined : checkText('description', text, bounds.description)
}

function checkDuration(seconds: number): number {
  return checkNumber('maxSessionDuration', seconds, 3600, 43_200)
}

const get: IamAction = (call) => ({ Role: fullRole(named(call)) })

const list: IamAction = ({ account, parameters }) => {
  const prefix = checkText('pathPrefix', parameters.text('PathPrefix') ?? '/', bounds.pathPrefix)
  const matching = [...account.roles.values()].filter((role) => role.path.startsWith(prefix))
  const page = pageOf(parameters, matching, (role) => role.name)
  return { Roles: page.items.map(listedRole), ...page.marks }
}

/** Sets only what the call names. */
const update: IamAction = (call) => {
  const role = named(call)
  const description = readDescription(call.parameters.text('Description'))
  const duration = call.parameters.integer('MaxSessionDuration')
  const checked = duration === undefined ? role.maxSessionDuration : checkDuration(duration)
  role.description = description ?? role.description
  role.maxSessionDuration = checked
  return {}
}

const updateTrust: IamAction = (call) => {
  const role = named(call)
  role.trustPolicy = checkTrustPolicy(call.account, 'policyDocument', call.parameters.required('PolicyDocument'))
  return undefined
}

const remove: IamAction = (call) => {
  const role = named(call)
  if (role.attachedPolicies.size > 0)
    throw faults.deleteConflict('Cannot delete entity, must detach all policies first.')
  if (role.inlinePolicies.size > 0) throw faults.deleteConflict('Cannot delete entity, must delete policies first.')
  call.account.roles.delete(role.name)
  return undefined
}

const putBoundary: IamAction = (call) => {
  const role = named(call)
  role.permissionsBoundary = managedPolicy(call.account, call.parameters, 'PermissionsBoundary')
  return undefined
}

const deleteBoundary: IamAction = (call) => {
  const role = named(call)
  if (role.permissionsBoundary === undefined)
    throw faults.noSuchEntity(`Permissions boundary for role ${role.name} does not exist.`)
  role.permissionsBoundary = undefined
  return undefined
}

/** The role that a call names. @throws QueryFault `NoSuchEntity` */
export function named({ account, parameters }: IamCall): Role {
  const name = checkText('roleName', parameters.required('RoleName'), bounds.roleName)
  const role = account.roles.get(name)
  if (role === undefined) throw faults.noSuchEntity(`The role with name ${name} cannot be found.`)
  return role
}

/** IAM's calls about roles themselves. */
export const roleActions: Readonly<Record<string, IamAction>> = {
  CreateRole: create,
  GetRole: get,
  ListRoles: list,
  UpdateRole: update,
  UpdateAssumeRolePolicy: updateTrust,
  DeleteRole: remove,
  PutRolePermissionsBoundary: putBoundary,
  DeleteRolePermissionsBoundary: deleteBoundary,
}
