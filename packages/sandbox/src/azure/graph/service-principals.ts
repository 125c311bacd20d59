import { randomUUID } from 'node:crypto'
import { AzureFault } from '../fault.ts'
import { type AzureAnswer, type AzureRequest, bodyOf, texts } from '../message.ts'
import type { AzureTenant, ServicePrincipal } from '../state.ts'
import type { AzureWorld } from '../world.ts'
import { notFound } from './applications.ts'
import { filtered, paged } from './query.ts'

export function listServicePrincipals(request: AzureRequest, tenant: AzureTenant): AzureAnswer {
  return paged(filtered([...tenant.servicePrincipals.values()], request.query.get('$filter')), request)
}

export function readServicePrincipal(key: string, tenant: AzureTenant, world: AzureWorld): AzureAnswer {
  const principal = existing(key, tenant)
  if (world.reads.isStale(principal.id)) throw notFound(key)
  return { status: 200, json: principal }
}

/** An update, or with `Prefer: create-if-missing` an upsert (Microsoft Graph, serviceprincipal-upsert). */
export function patchServicePrincipal(
  key: string,
  request: AzureRequest,
  tenant: AzureTenant,
  world: AzureWorld,
): AzureAnswer {
  const body = bodyOf(request, ['tags'])
  const tags = body['tags'] === undefined ? undefined : texts(body['tags'], 'tags')
  const found = find(key, tenant)
  if (found !== undefined) {
    found.tags = tags ?? found.tags
    return { status: 204 }
  }
  const appId = appIdIn(key)
  if (request.prefer !== 'create-if-missing' || appId === undefined) throw notFound(key)
  const application = [...tenant.applications.values()].find((one) => one.appId === appId)
  if (application === undefined)
    throw new AzureFault(
      400,
      'Request_BadRequest',
      `The appId '${appId}' of the service principal does not reference a valid application object.`,
    )
  const principal: ServicePrincipal = {
    id: randomUUID(),
    appId,
    displayName: application.displayName,
    tags: tags ?? [],
  }
  tenant.servicePrincipals.set(principal.id, principal)
  world.reads.begin(principal.id, world.disturbance.delays.staleReads)
  world.principals.begin(principal.id, world.disturbance.delays.unknownPrincipals)
  return { status: 201, json: principal }
}

export function deleteServicePrincipal(key: string, tenant: AzureTenant): AzureAnswer {
  tenant.servicePrincipals.delete(existing(key, tenant).id)
  return { status: 204 }
}

function find(key: string, tenant: AzureTenant): ServicePrincipal | undefined {
  const appId = appIdIn(key)
  if (appId === undefined) return tenant.servicePrincipals.get(key.slice(1))
  return [...tenant.servicePrincipals.values()].find((one) => one.appId === appId)
}

function existing(key: string, tenant: AzureTenant): ServicePrincipal {
  const principal = find(key, tenant)
  if (principal === undefined) throw notFound(key)
  return principal
}

function appIdIn(key: string): string | undefined {
  return /^\(appId='([0-9a-f-]{36})'\)$/.exec(key)?.[1]
}
