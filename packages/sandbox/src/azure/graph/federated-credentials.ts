import { credentialFrom } from '../credential-body.ts'
import { type AzureAnswer, type AzureRequest, bodyOf } from '../message.ts'
import type { AzureTenant } from '../state.ts'
import type { AzureWorld } from '../world.ts'
import { existingApplication, notFound } from './applications.ts'
import { paged } from './query.ts'

const codes = { invalid: 'Request_BadRequest', twin: 'Request_BadRequest', full: 'Directory_QuotaExceeded' }

export function listCredentials(key: string, request: AzureRequest, tenant: AzureTenant): AzureAnswer {
  return paged(existingApplication(key, tenant).federatedCredentials, request)
}

/**
 * An update, or with `Prefer: create-if-missing` an upsert (Microsoft Graph, federatedidentitycredential-upsert). Of two
 * writes that overlap, the later end wins and the other's change is lost, though both are answered well
 * (microsoftgraph/microsoft-graph-docs#19510).
 */
export async function patchCredential(
  { key, name }: { readonly key: string; readonly name: string },
  request: AzureRequest,
  tenant: AzureTenant,
  world: AzureWorld,
): Promise<AzureAnswer> {
  const application = existingApplication(key, tenant)
  const before = application.federatedCredentials
  const exists = before.some((one) => one.name === name)
  if (!exists && request.prefer !== 'create-if-missing') throw notFound(name)
  const body = bodyOf(request, ['issuer', 'subject', 'audiences', 'description'])
  const credential = credentialFrom(name, body, before, codes)
  await world.disturbance.written()
  world.credentials.remember(application.appId)
  application.federatedCredentials = [...before.filter((one) => one.name !== name), credential]
  return exists ? { status: 204 } : { status: 201, json: credential }
}

export async function deleteCredential(
  { key, name }: { readonly key: string; readonly name: string },
  tenant: AzureTenant,
  world: AzureWorld,
): Promise<AzureAnswer> {
  const application = existingApplication(key, tenant)
  const before = application.federatedCredentials
  if (!before.some((one) => one.name === name)) throw notFound(name)
  await world.disturbance.written()
  world.credentials.remember(application.appId)
  application.federatedCredentials = before.filter((one) => one.name !== name)
  return { status: 204 }
}
