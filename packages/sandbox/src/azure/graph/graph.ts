import { AzureFault } from '../fault.ts'
import type { AzureAnswer, AzureRequest } from '../message.ts'
import type { AzureTenant } from '../state.ts'
import type { AzureWorld } from '../world.ts'
import { deleteApplication, listApplications, patchApplication, readApplication } from './applications.ts'
import { deleteCredential, listCredentials, patchCredential } from './federated-credentials.ts'
import {
  deleteServicePrincipal,
  listServicePrincipals,
  patchServicePrincipal,
  readServicePrincipal,
} from './service-principals.ts'

const path =
  /^\/v1\.0\/(applications|servicePrincipals)(\([^/]*\)|\/[^/]+)?(?:\/federatedIdentityCredentials(?:\(name='([^']+)'\))?)?$/

/** Microsoft Graph v1.0, as far as the sandbox has it. @throws AzureFault */
export async function answerGraph(request: AzureRequest, tenant: AzureTenant, world: AzureWorld): Promise<AzureAnswer> {
  const { method } = request
  world.disturbance.apply(method === 'GET' ? 'graph read' : 'graph write')
  const [, kind, key, name] = path.exec(request.path) ?? []
  if (kind === undefined) throw unknown(request)
  if (key === undefined) {
    if (method !== 'GET') throw unknown(request)
    return kind === 'applications' ? listApplications(request, tenant) : listServicePrincipals(request, tenant)
  }
  if (request.path.includes('/federatedIdentityCredentials')) return credentials(request, { key, name }, tenant, world)
  if (kind === 'applications') return onApplication(key, request, tenant, world)
  return onServicePrincipal(key, request, tenant, world)
}

function onApplication(key: string, request: AzureRequest, tenant: AzureTenant, world: AzureWorld): AzureAnswer {
  if (request.method === 'GET') return readApplication(key, request, tenant, world)
  if (request.method === 'PATCH') return patchApplication(key, request, tenant, world)
  if (request.method === 'DELETE') return deleteApplication(key, tenant)
  throw unknown(request)
}

function onServicePrincipal(key: string, request: AzureRequest, tenant: AzureTenant, world: AzureWorld): AzureAnswer {
  if (request.method === 'GET') return readServicePrincipal(key, tenant, world)
  if (request.method === 'PATCH') return patchServicePrincipal(key, request, tenant, world)
  if (request.method === 'DELETE') return deleteServicePrincipal(key, tenant)
  throw unknown(request)
}

function credentials(
  request: AzureRequest,
  { key, name }: { readonly key: string; readonly name: string | undefined },
  tenant: AzureTenant,
  world: AzureWorld,
): AzureAnswer | Promise<AzureAnswer> {
  if (name === undefined && request.method === 'GET') return listCredentials(key, request, tenant)
  if (name !== undefined && request.method === 'PATCH') return patchCredential({ key, name }, request, tenant, world)
  if (name !== undefined && request.method === 'DELETE') return deleteCredential({ key, name }, tenant, world)
  throw unknown(request)
}

function unknown({ method, path: asked }: AzureRequest): AzureFault {
  return new AzureFault(400, 'BadRequest', `The sandbox's Graph does not know ${method} ${asked}.`)
}
