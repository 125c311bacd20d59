import { type CacheEntry, clearCache, credentialFolder, listCache, renewAt } from '@federate/core/cache'
import { exitStatus } from '../exit-status.ts'
import { tableText } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface CacheOptions {
  json?: boolean
}

const nowhere =
  'there is no folder for it, because HOME is not set and the system knows no home of this user. Set CACHE_DIRECTORY to one.'

/** `federate cache list`: what is kept on this disk for this user, without anything secret. */
export async function listCached({ json = false }: CacheOptions, terminal: Terminal): Promise<number> {
  const folder = credentialFolder(terminal.env)
  const entries = folder === undefined ? [] : listCache(folder).map((entry) => shown(entry, terminal.now()))
  if (json) terminal.out(`${JSON.stringify({ folder, entries }, undefined, 2)}\n`)
  else if (entries.length > 0) terminal.out(tableOf(entries, terminal.now()))
  if (entries.length === 0)
    terminal.note(`Nothing is cached${folder === undefined ? `: ${nowhere}` : ` in ${folder}.`}`)
  return exitStatus.done
}

/** `federate cache clear`: removes all of it. What was handed out lives on in the clouds until it expires. */
export async function clearCached({ json = false }: CacheOptions, terminal: Terminal): Promise<number> {
  const folder = credentialFolder(terminal.env)
  const removed = folder === undefined ? 0 : clearCache(folder)
  if (json) terminal.out(`${JSON.stringify({ folder, removed }, undefined, 2)}\n`)
  else if (folder === undefined) terminal.note(`Nothing is cached: ${nowhere}`)
  else terminal.note(`Removed ${removed} file(s) from ${folder}.`)
  return exitStatus.done
}

function shown({ subject, fingerprint, kept, refusal }: CacheEntry, now: number) {
  const { cloud, service, target, issuer, clientId } = subject
  const state =
    kept === undefined ? 'refused' : now >= kept.expiresAt ? 'expired' : now >= renewAt(kept) ? 'due' : 'fresh'
  return {
    cloud,
    service,
    target,
    issuer,
    clientId,
    // Tells apart what differs in nothing but the service file, the environment or flags.
    id: fingerprint.slice(0, 8),
    state,
    ...(kept === undefined ? {} : { expiresAt: new Date(kept.expiresAt).toISOString() }),
    ...(refusal === undefined ? {} : { refusal: refusal.error.code }),
  }
}

/** Whose credentials, in which cloud, until when, by which issuer. */
function tableOf(entries: readonly ReturnType<typeof shown>[], now: number): string {
  const rows = entries.map(({ service, target, cloud, state, expiresAt, refusal, issuer, clientId, id }) => [
    `${service}/${target}`,
    cloud,
    refusal === undefined ? state : `${state} (${refusal})`,
    expiresAt === undefined ? '-' : `${expiresAt} (${distance(expiresAt, now)})`,
    clientId,
    issuer,
    id,
  ])
  return tableText(['TARGET', 'CLOUD', 'STATE', 'EXPIRES', 'CLIENT', 'ISSUER', 'ID'], rows)
}

function distance(moment: string, now: number): string {
  const minutes = Math.round((Date.parse(moment) - now) / 60_000)
  return minutes < 0 ? `${-minutes} min ago` : `in ${minutes} min`
}
