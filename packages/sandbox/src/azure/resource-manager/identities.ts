import { randomUUID } from 'node:crypto'
import { credentialFrom } from '../credential-body.ts'
import { AzureFault } from '../fault.ts'
import { type AzureAnswer, type AzureRequest, bodyOf, text } from '../message.ts'
import type { AzureTenant, Identity, StoredCredential } from '../state.ts'
import type { AzureWorld } from '../world.ts'

/** Identities under whose parent a write is under way, by world. */
const writing = new WeakMap<AzureWorld, Set<string>>()

export function listIdentities(subscription: string, tenant: AzureTenant): AzureAnswer {
  const prefix = `/subscriptions/${subscription}/`.toLowerCase()
  const found = [...tenant.identities].filter(([path]) => path.startsWith(prefix))
  return { status: 200, json: { value: found.map(([, identity]) => shown(identity)) } }
}

export function readIdentity(path: string, tenant: AzureTenant, world: AzureWorld): AzureAnswer {
  const identity = existing(path, tenant)
  if (world.reads.isStale(path)) throw notFound(path)
  return { status: 200, json: shown(identity) }
}

export function putIdentity(path: string, request: AzureRequest, tenant: AzureTenant, world: AzureWorld): AzureAnswer {
  const body = bodyOf(request, ['location', 'tags'])
  const location = text(body['location'], 'location')
  const before = tenant.identities.get(path.toLowerCase())
  if (before !== undefined && before.location !== location)
    throw new AzureFault(
      409,
      'InvalidResourceLocation',
      `The resource already exists in location '${before.location}'.`,
    )
  const identity: Identity = before ?? {
    path,
    name: path.split('/').at(-1) ?? '',
    location,
    clientId: randomUUID(),
    principalId: randomUUID(),
    tags: {},
    federatedCredentials: [],
  }
  identity.tags = tagsIn(body['tags'])
  tenant.identities.set(path.toLowerCase(), identity)
  if (before === undefined) {
    world.reads.begin(path, world.disturbance.delays.staleReads)
    world.principals.begin(identity.principalId, world.disturbance.delays.unknownPrincipals)
  }
  return { status: before === undefined ? 201 : 200, json: shown(identity) }
}

export function patchIdentity(path: string, request: AzureRequest, tenant: AzureTenant): AzureAnswer {
  const identity = existing(path, tenant)
  identity.tags = tagsIn(bodyOf(request, ['tags'])['tags'])
  return { status: 200, json: shown(identity) }
}

export function deleteIdentity(path: string, tenant: AzureTenant): AzureAnswer {
  return { status: tenant.identities.delete(path.toLowerCase()) ? 200 : 204 }
}

export function listIdentityCredentials(path: string, tenant: AzureTenant): AzureAnswer {
  return { status: 200, json: { value: existing(path, tenant).federatedCredentials.map(shownCredential) } }
}

export async function putIdentityCredential(
  path: string,
  name: string,
  request: AzureRequest,
  { tenant, world }: { readonly tenant: AzureTenant; readonly world: AzureWorld },
): Promise<AzureAnswer> {
  const identity = existing(path, tenant)
  const { properties } = bodyOf(request, ['properties'])
  const fields = typeof properties === 'object' && properties !== null ? { ...properties } : {}
  const codes = { invalid: 'BadRequest', twin: 'BadRequest', full: 'BadRequest' }
  const credential = credentialFrom(name, fields, identity.federatedCredentials, codes)
  const exists = identity.federatedCredentials.some((one) => one.name === name)
  await alone(path, world, async () => {
    await world.disturbance.written()
    world.credentials.remember(identity.clientId)
    identity.federatedCredentials = [...identity.federatedCredentials.filter((one) => one.name !== name), credential]
  })
  return { status: exists ? 200 : 201, json: shownCredential(credential) }
}

export async function deleteIdentityCredential(
  path: string,
  name: string,
  { tenant, world }: { readonly tenant: AzureTenant; readonly world: AzureWorld },
): Promise<AzureAnswer> {
  const identity = existing(path, tenant)
  if (!identity.federatedCredentials.some((one) => one.name === name)) return { status: 204 }
  await alone(path, world, async () => {
    await world.disturbance.written()
    world.credentials.remember(identity.clientId)
    identity.federatedCredentials = identity.federatedCredentials.filter((one) => one.name !== name)
  })
  return { status: 200 }
}

/** Of two writes to one identity's credentials that overlap, the second is refused (workload-identity-federation-considerations). */
async function alone(path: string, world: AzureWorld, write: () => Promise<void>): Promise<void> {
  const underWay = writing.get(world) ?? new Set<string>()
  writing.set(world, underWay)
  const key = path.toLowerCase()
  if (underWay.has(key)) {
    const message = 'Too many Federated Identity Credentials are written concurrently for the managed identity.'
    throw new AzureFault(409, 'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity', message)
  }
  underWay.add(key)
  try {
    await write()
  } finally {
    underWay.delete(key)
  }
}

function existing(path: string, tenant: AzureTenant): Identity {
  const identity = tenant.identities.get(path.toLowerCase())
  if (identity === undefined) throw notFound(path)
  return identity
}

function notFound(path: string): AzureFault {
  return new AzureFault(404, 'ResourceNotFound', `The Resource '${path}' was not found.`)
}

function tagsIn(value: unknown): Record<string, string> {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null) throw new AzureFault(400, 'BadRequest', 'tags must be an object.')
  return Object.fromEntries(
    Object.entries(value).map(([key, tag]) => {
      if (/[<>%&\\?/]/.test(key))
        throw new AzureFault(400, 'InvalidTagNameCharacters', `The tag ${key} has a character that is not allowed.`)
      return [key, text(tag, `tags.${key}`)]
    }),
  )
}

function shown({ path, name, location, clientId, principalId, tags }: Identity): Readonly<Record<string, unknown>> {
  const type = 'Microsoft.ManagedIdentity/userAssignedIdentities'
  return { id: path, name, type, location, tags, properties: { clientId, principalId } }
}

function shownCredential({ name, issuer, subject, audiences }: StoredCredential): Readonly<Record<string, unknown>> {
  return { name, properties: { issuer, subject, audiences } }
}
