import { Delayed } from './delayed.ts'
import { alreadyExists, GoogleFault, invalid, notFound } from './google-fault.ts'
import { refuseUnknownFields, textField } from './request.ts'
import { keptAfterDeletion, type Pool, type PoolRecord, type Project } from './state.ts'
import type { Method, World } from './world.ts'

const fields = ['name', 'displayName', 'description', 'disabled', 'state', 'expireTime'] as const

/** IDs of pools and providers (IAM REST reference, workloadIdentityPools.create). */
export function checkedId(id: string | null): string {
  if (id !== null && /^[a-z0-9-]{4,32}$/.test(id) && !id.startsWith('gcp-')) return id
  throw invalid(
    `Invalid id "${id ?? ''}": must be 4-32 characters, and may contain the characters [a-z0-9-]. The prefix "gcp-" is reserved for use by Google.`,
  )
}

export function poolName({ number }: Project, id: string): string {
  return `projects/${number}/locations/global/workloadIdentityPools/${id}`
}

function renderPool(project: Project, pool: Pool): object {
  const { id, displayName, description, disabled, deletedAt } = pool
  return {
    name: poolName(project, id),
    displayName,
    description,
    ...(disabled ? { disabled } : {}),
    ...lifecycle(deletedAt),
  }
}

export function lifecycle(deletedAt: number | undefined): object {
  if (deletedAt === undefined) return { state: 'ACTIVE' }
  return { state: 'DELETED', expireTime: new Date(deletedAt + keptAfterDeletion).toISOString() }
}

/** The record of a pool, deleted or not. @throws GoogleFault NOT_FOUND */
export function poolOf(project: Project, id: string, world: World): PoolRecord & { readonly now: Pool } {
  const record = project.pools.get(id)
  const now = record?.pool.current
  if (record === undefined || now === undefined || isGone(now.deletedAt, world)) throw notFound()
  return { ...record, now }
}

export function isGone(deletedAt: number | undefined, world: World): boolean {
  return deletedAt !== undefined && world.now() - deletedAt > keptAfterDeletion
}

export function refuseDeleted(deletedAt: number | undefined, what: string): void {
  if (deletedAt !== undefined) throw new GoogleFault('FAILED_PRECONDITION', `Cannot update deleted ${what}.`)
}

function changed(before: Omit<Pool, 'id'>, { body, query }: Parameters<Method>[1]): Omit<Pool, 'id'> {
  refuseUnknownFields(body, fields)
  const mask = query.get('updateMask')?.split(',') ?? fields
  const text = (name: 'displayName' | 'description', limit: number) => {
    const value = mask.includes(name) ? (textField(body, name) ?? '') : before[name]
    if (value.length > limit) throw invalid(`${name} must be at most ${limit} characters.`)
    return value
  }
  return {
    displayName: text('displayName', 32),
    description: text('description', 256),
    disabled: mask.includes('disabled') ? body['disabled'] === true : before.disabled,
    deletedAt: before.deletedAt,
  }
}

export const createPool: Method = ({ project }, request, world) => {
  const id = checkedId(request.query.get('workloadIdentityPoolId'))
  const there = project.pools.get(id)?.pool.current
  if (there !== undefined && !isGone(there.deletedAt, world)) throw alreadyExists()
  const empty = { displayName: '', description: '', disabled: false, deletedAt: undefined }
  const pool = { id, ...changed(empty, request) }
  project.pools.set(id, { pool: new Delayed(pool, world.now, world.propagation), providers: new Map() })
  return world.operation(poolName(project, id), renderPool(project, pool))
}

export const getPool: Method = ({ project, pool = '' }, _request, world) =>
  renderPool(project, poolOf(project, pool, world).now)

export const listPools: Method = ({ project }, { query }, world) => {
  const all = [...project.pools.values()].flatMap((record) => record.pool.current ?? [])
  const shown = all.filter(({ deletedAt }) => deletedAt === undefined || query.get('showDeleted') === 'true')
  return {
    workloadIdentityPools: shown
      .filter((pool) => !isGone(pool.deletedAt, world))
      .map((pool) => renderPool(project, pool)),
  }
}

export const patchPool: Method = ({ project, pool = '' }, request, world) => {
  const record = poolOf(project, pool, world)
  refuseDeleted(record.now.deletedAt, 'pool')
  const after = { ...record.now, ...changed(record.now, request) }
  record.pool.set(after)
  return world.operation(poolName(project, pool), renderPool(project, after))
}

export const deletePool: Method = ({ project, pool = '' }, _request, world) => {
  const record = poolOf(project, pool, world)
  if (record.now.deletedAt !== undefined) throw notFound()
  const after = { ...record.now, deletedAt: world.now() }
  record.pool.set(after)
  return world.operation(poolName(project, pool), renderPool(project, after))
}

export const undeletePool: Method = ({ project, pool = '' }, _request, world) => {
  const record = poolOf(project, pool, world)
  if (record.now.deletedAt === undefined) throw new GoogleFault('FAILED_PRECONDITION', 'The pool is not deleted.')
  const after = { ...record.now, deletedAt: undefined }
  record.pool.set(after)
  return world.operation(poolName(project, pool), renderPool(project, after))
}
