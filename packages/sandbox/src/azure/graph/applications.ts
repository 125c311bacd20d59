import { randomUUID } from 'node:crypto'
import { AzureFault } from '../fault.ts'
import { type AzureAnswer, type AzureRequest, bodyOf, text, texts } from '../message.ts'
import type { Application, AzureTenant } from '../state.ts'
import type { AzureWorld } from '../world.ts'
import { filtered, paged } from './query.ts'

const properties = ['displayName', 'signInAudience', 'tags']
const audiences = [
  'AzureADMyOrg',
  'AzureADMultipleOrgs',
  'AzureADandPersonalMicrosoftAccount',
  'PersonalMicrosoftAccount',
]

export function listApplications(request: AzureRequest, tenant: AzureTenant): AzureAnswer {
  const found = filtered([...tenant.applications.values()], request.query.get('$filter'))
  return paged(
    found.map((one) => shownApplication(one, request)),
    request,
  )
}

/** Finds by `/<id>`, `(appId='…')` or `(uniqueName='…')`. */
function findApplication(key: string, tenant: AzureTenant): Application | undefined {
  const [, name, value] = /^\((appId|uniqueName)='((?:[^']|'')*)'\)$/.exec(key) ?? []
  const wanted = value?.replaceAll("''", "'")
  if (name === undefined) return tenant.applications.get(key.slice(1))
  const all = [...tenant.applications.values()]
  return all.find((one) => (name === 'appId' ? one.appId : one.uniqueName) === wanted)
}

/** @throws AzureFault `Request_ResourceNotFound` */
export function existingApplication(key: string, tenant: AzureTenant): Application {
  const application = findApplication(key, tenant)
  if (application === undefined) throw notFound(key)
  return application
}

export function readApplication(
  key: string,
  request: AzureRequest,
  tenant: AzureTenant,
  world: AzureWorld,
): AzureAnswer {
  const application = existingApplication(key, tenant)
  if (world.reads.isStale(application.id)) throw notFound(key)
  return { status: 200, json: shownApplication(application, request) }
}

/** An update, or with `Prefer: create-if-missing` by unique name an upsert (Microsoft Graph, application-upsert). */
export function patchApplication(
  key: string,
  request: AzureRequest,
  tenant: AzureTenant,
  world: AzureWorld,
): AzureAnswer {
  const body = bodyOf(request, properties)
  const uniqueName = /^\(uniqueName='((?:[^']|'')*)'\)$/.exec(key)?.[1]?.replaceAll("''", "'")
  const existing = findApplication(key, tenant)
  if (existing !== undefined) {
    change(existing, body)
    return { status: 204 }
  }
  if (request.prefer !== 'create-if-missing' || uniqueName === undefined) throw notFound(key)
  if (!tenant.policy.mayRegister)
    throw new AzureFault(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
  const application: Application = {
    id: randomUUID(),
    appId: randomUUID(),
    uniqueName,
    displayName: text(body['displayName'], 'displayName'),
    signInAudience: 'AzureADandPersonalMicrosoftAccount',
    tags: [],
    federatedCredentials: [],
  }
  change(application, body)
  tenant.applications.set(application.id, application)
  world.reads.begin(application.id, world.disturbance.delays.staleReads)
  return { status: 201, json: shownApplication(application, request) }
}

/** Its service principal goes with it. */
export function deleteApplication(key: string, tenant: AzureTenant): AzureAnswer {
  const application = existingApplication(key, tenant)
  tenant.applications.delete(application.id)
  for (const principal of [...tenant.servicePrincipals.values()])
    if (principal.appId === application.appId) tenant.servicePrincipals.delete(principal.id)
  return { status: 204 }
}

function change(application: Application, body: Readonly<Record<string, unknown>>): void {
  if (body['displayName'] !== undefined) application.displayName = text(body['displayName'], 'displayName')
  if (body['tags'] !== undefined) application.tags = texts(body['tags'], 'tags')
  if (body['signInAudience'] === undefined) return
  const audience = text(body['signInAudience'], 'signInAudience')
  if (!audiences.includes(audience))
    throw new AzureFault(400, 'Request_BadRequest', `${audience} is no signInAudience.`)
  application.signInAudience = audience
}

function shownApplication(application: Application, request: AzureRequest): Readonly<Record<string, unknown>> {
  const { federatedCredentials, ...fields } = application
  const expanded = request.query.get('$expand') === 'federatedIdentityCredentials'
  return expanded ? { ...fields, federatedIdentityCredentials: federatedCredentials } : fields
}

export function notFound(key: string): AzureFault {
  const message = `Resource '${key}' does not exist or one of its queried reference-property objects are not present.`
  return new AzureFault(404, 'Request_ResourceNotFound', message)
}
