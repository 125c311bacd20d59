import { isLoopbackHost } from '@federate/core'
import { Delayed } from './delayed.ts'
import { alreadyExists, GoogleFault, invalid, notFound } from './google-fault.ts'
import { checkedId, isGone, lifecycle, poolName, poolOf, refuseDeleted } from './pools.ts'
import { type GoogleRequest, objectField, refuseUnknownFields, textField, textsField } from './request.ts'
import type { PoolRecord, Project, Provider } from './state.ts'
import { checkedJwks } from './uploaded-keys.ts'
import type { Method, Place, World } from './world.ts'

const fields = [
  'name',
  'displayName',
  'description',
  'disabled',
  'attributeMapping',
  'attributeCondition',
  'oidc',
] as const

type Settings = Omit<Provider, 'id' | 'deletedAt'>

export function providerName(project: Project, pool: string, id: string): string {
  return `${poolName(project, pool)}/providers/${id}`
}

function renderProvider(project: Project, pool: string, provider: Provider): object {
  const { id, deletedAt, issuerUri, allowedAudiences, jwksJson, disabled, attributeCondition, ...texts } = provider
  return {
    name: providerName(project, pool, id),
    ...texts,
    ...lifecycle(deletedAt),
    ...(disabled ? { disabled } : {}),
    ...(attributeCondition === '' ? {} : { attributeCondition }),
    oidc: {
      issuerUri,
      ...(allowedAudiences.length === 0 ? {} : { allowedAudiences }),
      ...(jwksJson === undefined ? {} : { jwksJson }),
    },
  }
}

const none: Settings = {
  displayName: '',
  description: '',
  disabled: false,
  issuerUri: '',
  allowedAudiences: [],
  attributeMapping: {},
  attributeCondition: '',
  jwksJson: undefined,
}

/** The settings after a write; a mask names the fields that it replaces, also parts of `oidc`. */
function changed(before: Settings, { body, query }: GoogleRequest): Settings {
  refuseUnknownFields(body, fields)
  const mask = query.get('updateMask')?.split(',') ?? [...fields]
  const wrong = mask.find(
    (path) =>
      !/^(?:name|displayName|description|disabled|attributeMapping|attributeCondition|oidc(?:\.\w+)?)$/.test(path),
  )
  if (wrong !== undefined) throw invalid(`Invalid update mask: ${wrong}`)
  const oidc = objectField(body, 'oidc') ?? {}
  refuseUnknownFields(oidc, ['issuerUri', 'allowedAudiences', 'jwksJson'])
  const masks = (path: string) => mask.includes(path) || mask.includes(path.split('.')[0] ?? '')
  const after: Settings = {
    displayName: masks('displayName') ? (textField(body, 'displayName') ?? '') : before.displayName,
    description: masks('description') ? (textField(body, 'description') ?? '') : before.description,
    disabled: masks('disabled') ? body['disabled'] === true : before.disabled,
    attributeMapping: masks('attributeMapping') ? mappingOf(body) : before.attributeMapping,
    attributeCondition: masks('attributeCondition')
      ? (textField(body, 'attributeCondition') ?? '')
      : before.attributeCondition,
    issuerUri: masks('oidc.issuerUri') ? (textField(oidc, 'issuerUri') ?? '') : before.issuerUri,
    allowedAudiences: masks('oidc.allowedAudiences')
      ? (textsField(oidc, 'allowedAudiences') ?? [])
      : before.allowedAudiences,
    jwksJson: masks('oidc.jwksJson') ? textField(oidc, 'jwksJson') || undefined : before.jwksJson,
  }
  return checked(after)
}

function mappingOf(body: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const mapping = objectField(body, 'attributeMapping') ?? {}
  return Object.fromEntries(Object.keys(mapping).map((key) => [key, textField(mapping, key) ?? '']))
}

/** The limits of IAM's REST reference, projects.locations.workloadIdentityPools.providers. */
function checked(settings: Settings): Settings {
  const { displayName, description, issuerUri, allowedAudiences, attributeMapping, attributeCondition, jwksJson } =
    settings
  if (displayName.length > 32) throw invalid('displayName must be at most 32 characters.')
  if (description.length > 256) throw invalid('description must be at most 256 characters.')
  const issuer = URL.parse(issuerUri)
  // The marked exception of the sandbox: an issuer on loopback, by http.
  const local = issuer?.protocol === 'http:' && isLoopbackHost(issuer.hostname)
  if (issuer?.protocol !== 'https:' && !local) throw invalid('The issuer URI must be a valid HTTPS URI.')
  if (allowedAudiences.length > 10) throw invalid('At most 10 allowed audiences may be configured.')
  if (allowedAudiences.some((one) => one === '' || one.length > 256))
    throw invalid('An allowed audience must be 1 to 256 characters.')
  if ((attributeMapping['google.subject'] ?? '') === '') throw invalid('The attribute mapping must map google.subject.')
  for (const [key, expression] of Object.entries(attributeMapping)) {
    if (!/^(?:google\.(?:subject|groups)|attribute\.[a-z0-9_]{1,100})$/.test(key))
      throw invalid(`Invalid attribute mapping key: ${key}`)
    if (expression.length > 2048) throw invalid('An attribute mapping expression must be at most 2048 characters.')
  }
  if (attributeCondition.length > 4096) throw invalid('The attribute condition must be at most 4096 characters.')
  if (jwksJson !== undefined) checkedJwks(jwksJson)
  return settings
}

interface Found extends PoolRecord {
  readonly record: Delayed<Provider>
  readonly now: Provider
}

function providerOf({ project, pool = '', provider = '' }: Place, world: World): Found {
  const poolRecord = poolOf(project, pool, world)
  const record = poolRecord.providers.get(provider)
  const now = record?.current
  if (record === undefined || now === undefined || isGone(now.deletedAt, world)) throw notFound()
  return { ...poolRecord, record, now }
}

function write({ project, pool = '' }: Place, record: Delayed<Provider>, after: Provider, world: World): object {
  record.set(after)
  return world.operation(providerName(project, pool, after.id), renderProvider(project, pool, after))
}

export const createProvider: Method = (place, request, world) => {
  const { project, pool = '' } = place
  const poolRecord = poolOf(project, pool, world)
  refuseDeleted(poolRecord.now.deletedAt, 'pool')
  const id = checkedId(request.query.get('workloadIdentityPoolProviderId'))
  const there = poolRecord.providers.get(id)?.current
  if (there !== undefined && !isGone(there.deletedAt, world)) throw alreadyExists()
  const provider = { id, deletedAt: undefined, ...changed(none, request) }
  poolRecord.providers.set(id, new Delayed(provider, world.now, world.propagation))
  return world.operation(providerName(project, pool, id), renderProvider(project, pool, provider))
}

export const getProvider: Method = (place, _request, world) =>
  renderProvider(place.project, place.pool ?? '', providerOf(place, world).now)

export const listProviders: Method = ({ project, pool = '' }, { query }, world) => {
  const all = [...poolOf(project, pool, world).providers.values()].flatMap((record) => record.current ?? [])
  const shown = all.filter(({ deletedAt }) => deletedAt === undefined || query.get('showDeleted') === 'true')
  return { workloadIdentityPoolProviders: shown.map((provider) => renderProvider(project, pool, provider)) }
}

export const patchProvider: Method = (place, request, world) => {
  const { pool, record, now } = providerOf(place, world)
  refuseDeleted(pool.current?.deletedAt, 'pool')
  refuseDeleted(now.deletedAt, 'provider')
  return write(place, record, { ...now, ...changed(now, request) }, world)
}

export const deleteProvider: Method = (place, _request, world) => {
  const { record, now } = providerOf(place, world)
  if (now.deletedAt !== undefined) throw notFound()
  return write(place, record, { ...now, deletedAt: world.now() }, world)
}

export const undeleteProvider: Method = (place, _request, world) => {
  const { pool, record, now } = providerOf(place, world)
  refuseDeleted(pool.current?.deletedAt, 'pool')
  if (now.deletedAt === undefined) throw new GoogleFault('FAILED_PRECONDITION', 'The provider is not deleted.')
  return write(place, record, { ...now, deletedAt: undefined }, world)
}
