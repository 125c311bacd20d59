import { policySize } from '@federate/aws/rules'
import { faults } from '../query-fault.ts'
import type { Role } from '../state.ts'
import type { IamAction, IamCall } from './action.ts'
import { managedPolicy } from './managed-policy.ts'
import { pageOf } from './pages.ts'
import { checkPermissionsPolicy } from './policy-documents.ts'
import { attachedPolicy, encodedDocument } from './render.ts'
import { named } from './roles.ts'
import { bounds, checkText } from './validation.ts'

// IAM User Guide, reference_iam-quotas.
const mostAttached = 10
const mostInlineCharacters = 10_240

const attach: IamAction = (call) => {
  const role = named(call)
  const arn = managedPolicy(call.account, call.parameters, 'PolicyArn')
  if (!role.attachedPolicies.has(arn) && role.attachedPolicies.size >= mostAttached)
    throw faults.limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${mostAttached}`)
  role.attachedPolicies.add(arn)
  return undefined
}

const detach: IamAction = (call) => {
  const role = named(call)
  const arn = checkText('policyArn', call.parameters.required('PolicyArn'), bounds.arn)
  if (!role.attachedPolicies.delete(arn)) throw faults.noSuchEntity(`Policy ${arn} was not found.`)
  return undefined
}

const listAttached: IamAction = (call) => {
  const page = pageOf(call.parameters, [...named(call).attachedPolicies], (arn) => arn)
  return { AttachedPolicies: page.items.map(attachedPolicy), ...page.marks }
}

const put: IamAction = (call) => {
  const role = named(call)
  const name = policyName(call)
  const text = checkPermissionsPolicy('policyDocument', call.parameters.required('PolicyDocument'))
  const others = [...role.inlinePolicies].filter(([other]) => other !== name).map(([, document]) => document)
  if ([...others, text].reduce((sum, document) => sum + policySize(document), 0) > mostInlineCharacters)
    throw faults.limitExceeded(`Maximum policy size of ${mostInlineCharacters} bytes exceeded for role ${role.name}`)
  role.inlinePolicies.set(name, text)
  return undefined
}

const get: IamAction = (call) => {
  const role = named(call)
  const name = policyName(call)
  return { RoleName: role.name, PolicyName: name, PolicyDocument: encodedDocument(inlinePolicy(role, name)) }
}

const remove: IamAction = (call) => {
  const role = named(call)
  const name = policyName(call)
  inlinePolicy(role, name)
  role.inlinePolicies.delete(name)
  return undefined
}

const list: IamAction = (call) => {
  const page = pageOf(call.parameters, [...named(call).inlinePolicies.keys()], (name) => name)
  return { PolicyNames: page.items, ...page.marks }
}

function policyName({ parameters }: IamCall): string {
  return checkText('policyName', parameters.required('PolicyName'), bounds.policyName)
}

function inlinePolicy(role: Role, name: string): string {
  const text = role.inlinePolicies.get(name)
  if (text === undefined) throw faults.noSuchEntity(`The role policy with name ${name} cannot be found.`)
  return text
}

/** IAM's calls about the permissions of roles. */
export const rolePolicyActions: Readonly<Record<string, IamAction>> = {
  AttachRolePolicy: attach,
  DetachRolePolicy: detach,
  ListAttachedRolePolicies: listAttached,
  PutRolePolicy: put,
  GetRolePolicy: get,
  DeleteRolePolicy: remove,
  ListRolePolicies: list,
}
