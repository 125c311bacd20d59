import { AzureFault } from '../fault.ts'
import { type AzureAnswer, type AzureRequest, bodyOf, text } from '../message.ts'
import type { AzureTenant, RoleAssignment } from '../state.ts'
import type { AzureWorld } from '../world.ts'

/** Definitions by `$filter=roleName eq '…'`. */
export function listRoles(request: AzureRequest, tenant: AzureTenant): AzureAnswer {
  const filter = request.query.get('$filter')
  const wanted = /^roleName eq '((?:[^']|'')*)'$/.exec(filter ?? '')?.[1]?.replaceAll("''", "'")
  if (wanted === undefined)
    throw new AzureFault(400, 'UnsupportedQuery', `The sandbox does not know the filter ${filter}.`)
  const found = tenant.roles.filter(({ name }) => name === wanted)
  const json = { value: found.map(({ id, name }) => ({ name: id, properties: { roleName: name } })) }
  return { status: 200, json }
}

/** All in a scope and below it. */
export function listAssignments(scope: string, tenant: AzureTenant): AzureAnswer {
  const prefix = scope.toLowerCase()
  const found = [...tenant.assignments.values()].filter((one) => {
    const own = one.scope.toLowerCase()
    return own === prefix || own.startsWith(`${prefix}/`)
  })
  return { status: 200, json: { value: found.map(shown) } }
}

export function readAssignment(path: string, tenant: AzureTenant): AzureAnswer {
  const assignment = tenant.assignments.get(path.toLowerCase())
  if (assignment === undefined)
    throw new AzureFault(404, 'RoleAssignmentNotFound', `The role assignment '${path}' is not found.`)
  return { status: 200, json: shown(assignment) }
}

/** Creates one, or changes its description: nothing else of one can be changed. */
export function putAssignment(
  path: string,
  scope: string,
  request: AzureRequest,
  { tenant, world }: { readonly tenant: AzureTenant; readonly world: AzureWorld },
): AzureAnswer {
  const assignment = assignmentIn(request, path, scope, tenant)
  const before = tenant.assignments.get(path.toLowerCase())
  if (before !== undefined && (before.roleId !== assignment.roleId || before.principalId !== assignment.principalId))
    throw new AzureFault(
      409,
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    )
  refuseTwin(assignment, tenant)
  if (!knows(assignment.principalId, tenant) || world.principals.isStale(assignment.principalId)) {
    const message = `Principal ${assignment.principalId.replaceAll('-', '')} does not exist in the directory ${tenant.id}.`
    throw new AzureFault(400, 'PrincipalNotFound', message)
  }
  tenant.assignments.set(path.toLowerCase(), assignment)
  return { status: before === undefined ? 201 : 200, json: shown(assignment) }
}

export function deleteAssignment(path: string, tenant: AzureTenant): AzureAnswer {
  return { status: tenant.assignments.delete(path.toLowerCase()) ? 200 : 204 }
}

function assignmentIn(request: AzureRequest, path: string, scope: string, tenant: AzureTenant): RoleAssignment {
  const { properties } = bodyOf(request, ['properties'])
  const fields: Readonly<Record<string, unknown>> =
    typeof properties === 'object' && properties !== null ? { ...properties } : {}
  const roleId = text(fields['roleDefinitionId'], 'roleDefinitionId').split('/').at(-1)?.toLowerCase() ?? ''
  if (!tenant.roles.some(({ id }) => id === roleId))
    throw new AzureFault(
      404,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${roleId}' does not exist.`,
    )
  if (fields['principalType'] !== 'ServicePrincipal')
    throw new AzureFault(400, 'UnmatchedPrincipalType', 'The principal is of the type ServicePrincipal.')
  const { description } = fields
  return {
    path,
    scope,
    roleId,
    principalId: text(fields['principalId'], 'principalId'),
    description: typeof description === 'string' ? description : null,
  }
}

function refuseTwin(assignment: RoleAssignment, tenant: AzureTenant): void {
  const twin = [...tenant.assignments.values()].find(
    (one) =>
      one.path.toLowerCase() !== assignment.path.toLowerCase() &&
      one.roleId === assignment.roleId &&
      one.principalId === assignment.principalId &&
      one.scope.toLowerCase() === assignment.scope.toLowerCase(),
  )
  if (twin !== undefined) throw new AzureFault(409, 'RoleAssignmentExists', 'The role assignment already exists.')
}

function knows(principalId: string, tenant: AzureTenant): boolean {
  const identities = [...tenant.identities.values()]
  return tenant.servicePrincipals.has(principalId) || identities.some((one) => one.principalId === principalId)
}

function shown({ path, scope, roleId, principalId, description }: RoleAssignment): Readonly<Record<string, unknown>> {
  const [subscription = ''] = /^\/subscriptions\/[^/]+/i.exec(scope) ?? []
  const roleDefinitionId = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
  const properties = { roleDefinitionId, principalId, principalType: 'ServicePrincipal', scope, description }
  return { id: path, name: path.split('/').at(-1), properties }
}
