import { AzureFault } from '../fault.ts'
import type { AzureAnswer, AzureRequest } from '../message.ts'
import type { AzureTenant } from '../state.ts'
import type { AzureWorld } from '../world.ts'
import {
  deleteIdentity,
  deleteIdentityCredential,
  listIdentities,
  listIdentityCredentials,
  patchIdentity,
  putIdentity,
  putIdentityCredential,
  readIdentity,
} from './identities.ts'
import { deleteAssignment, listAssignments, listRoles, putAssignment, readAssignment } from './roles.ts'

const versions: readonly (string | null)[] = ['2024-11-30', '2022-04-01']
const identities = /^(\/subscriptions\/([^/]+))\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities$/i
const identity =
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+)(?:\/(federatedIdentityCredentials)(?:\/([^/]+))?)?$/i
const authorization = /^(\/.+)\/providers\/Microsoft\.Authorization\/(roleDefinitions|roleAssignments)(?:\/([^/]+))?$/i

/** Azure Resource Manager, as far as the sandbox has it. @throws AzureFault */
export async function answerResourceManager(
  request: AzureRequest,
  tenant: AzureTenant,
  world: AzureWorld,
): Promise<AzureAnswer> {
  const { method, path } = request
  world.disturbance.apply(method === 'GET' ? 'resource manager read' : 'resource manager write')
  if (!versions.includes(request.query.get('api-version')))
    throw new AzureFault(
      400,
      'InvalidApiVersionParameter',
      'The sandbox knows the api-versions 2024-11-30 and 2022-04-01.',
    )
  refuseUnknownPlaces(path, tenant)
  const [, , subscription] = identities.exec(path) ?? []
  if (subscription !== undefined && method === 'GET') return listIdentities(subscription, tenant)
  const [, parent, collection, name] = identity.exec(path) ?? []
  if (parent !== undefined && collection === undefined) return onIdentity(parent, request, tenant, world)
  if (parent !== undefined) return onCredentials(parent, name, request, { tenant, world })
  const [, scope, kind, id] = authorization.exec(path) ?? []
  if (scope !== undefined && kind?.toLowerCase() === 'roledefinitions' && method === 'GET')
    return listRoles(request, tenant)
  if (scope !== undefined) return onAssignments(scope, id, request, { tenant, world })
  throw unknown(request)
}

function onIdentity(path: string, request: AzureRequest, tenant: AzureTenant, world: AzureWorld): AzureAnswer {
  if (request.method === 'GET') return readIdentity(path, tenant, world)
  if (request.method === 'PUT') return putIdentity(path, request, tenant, world)
  if (request.method === 'PATCH') return patchIdentity(path, request, tenant)
  if (request.method === 'DELETE') return deleteIdentity(path, tenant)
  throw unknown(request)
}

function onCredentials(
  parent: string,
  name: string | undefined,
  request: AzureRequest,
  parts: { readonly tenant: AzureTenant; readonly world: AzureWorld },
): AzureAnswer | Promise<AzureAnswer> {
  const { method } = request
  if (name === undefined && method === 'GET') return listIdentityCredentials(parent, parts.tenant)
  if (name !== undefined && method === 'PUT') return putIdentityCredential(parent, name, request, parts)
  if (name !== undefined && method === 'DELETE') return deleteIdentityCredential(parent, name, parts)
  throw unknown(request)
}

function onAssignments(
  scope: string,
  id: string | undefined,
  request: AzureRequest,
  parts: { readonly tenant: AzureTenant; readonly world: AzureWorld },
): AzureAnswer {
  const { method, path } = request
  if (id === undefined && method === 'GET') return listAssignments(scope, parts.tenant)
  if (id !== undefined && method === 'GET') return readAssignment(path, parts.tenant)
  if (id !== undefined && method === 'PUT') return putAssignment(path, scope, request, parts)
  if (id !== undefined && method === 'DELETE') return deleteAssignment(path, parts.tenant)
  throw unknown(request)
}

function refuseUnknownPlaces(path: string, tenant: AzureTenant): void {
  const [, subscription, group] = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?/i.exec(path) ?? []
  if (subscription === undefined) return
  const groups = tenant.subscriptions.get(subscription.toLowerCase())
  if (groups === undefined)
    throw new AzureFault(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`)
  if (group !== undefined && !groups.has(group.toLowerCase()))
    throw new AzureFault(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`)
}

function unknown({ method, path }: AzureRequest): AzureFault {
  return new AzureFault(400, 'BadRequest', `The sandbox's Resource Manager does not know ${method} ${path}.`)
}
