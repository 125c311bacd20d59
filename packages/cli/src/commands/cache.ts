import { type CacheEntry, clearCache, credentialFolder, listCache, renewAt } from '@federate/core/cache'
import { exitStatus } from '../exit-status.ts'
import type { Terminal } from '../terminal.ts'

export interface CacheOptions {
  json?: boolean
}

/** `federate cache list`: what is kept on this disk for this user, without anything secret. */
export async function listCached({ json = false }: CacheOptions, terminal: Terminal): Promise<number> {
  const folder = credentialFolder(terminal.env)
  const entries = folder === undefined ? [] : listCache(folder).map((entry) => shown(entry, terminal.now()))
  if (json) terminal.out(`${JSON.stringify({ folder, entries }, undefined, 2)}\n`)
  else for (const entry of entries) terminal.out(`${lineOf(entry)}\n`)
  if (entries.length === 0) terminal.note(`Nothing is cached in ${folder ?? 'any folder: the environment names none'}.`)
  return exitStatus.done
}

/** `federate cache clear`: removes all of it. What was handed out lives on in the clouds until it expires. */
export async function clearCached({ json = false }: CacheOptions, terminal: Terminal): Promise<number> {
  const folder = credentialFolder(terminal.env)
  const removed = folder === undefined ? 0 : clearCache(folder)
  if (json) terminal.out(`${JSON.stringify({ folder, removed }, undefined, 2)}\n`)
  else terminal.note(`Removed ${removed} file(s) from ${folder ?? 'nowhere: the environment names no folder'}.`)
  return exitStatus.done
}

function shown({ subject, kept, refusal }: CacheEntry, now: number) {
  const { cloud, service, target, issuer, clientId } = subject
  const state =
    kept === undefined ? 'refused' : now >= kept.expiresAt ? 'expired' : now >= renewAt(kept) ? 'due' : 'fresh'
  return {
    cloud,
    service,
    target,
    issuer,
    clientId,
    state,
    ...(kept === undefined ? {} : { expiresAt: new Date(kept.expiresAt).toISOString() }),
    ...(refusal === undefined ? {} : { refusal: refusal.error.code }),
  }
}

function lineOf({ cloud, service, target, state, expiresAt, refusal, issuer }: ReturnType<typeof shown>): string {
  const until = expiresAt === undefined ? '' : ` until ${expiresAt}`
  const failure = refusal === undefined ? '' : ` (${refusal})`
  return `${cloud} ${service}/${target} ${state}${until}${failure}  ${issuer}`
}
