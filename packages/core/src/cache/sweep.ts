import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { FederateError } from '../errors.ts'
import { type CacheEntry, parseAnyEntry } from './entry.ts'
import { readPrivateFile } from './private-file.ts'

/** No cloud lends anything for longer than twelve hours. */
const oldest = 13 * 60 * 60_000

/**
 * The entries of a cache's folder; what cannot be trusted is left out.
 *
 * @throws FederateError (failed) `CACHE_UNREADABLE`.
 */
export function listCache(folder: string): CacheEntry[] {
  const entries = namesOf(folder).map((name) =>
    name.endsWith('.json') ? parseAnyEntry(readPrivateFile(join(folder, name))) : undefined,
  )
  return entries.filter((entry) => entry !== undefined)
}

/**
 * Removes every file of the cache, and gives how many there were. Locks that are held go too: nothing depends on them.
 *
 * @throws FederateError (failed) `CACHE_UNREADABLE`, `CACHE_NOT_CLEARED`.
 */
export function clearCache(folder: string): number {
  const names = namesOf(folder)
  try {
    for (const name of names) rmSync(join(folder, name), { force: true })
    return names.length
  } catch (cause) {
    throw unusable('CACHE_NOT_CLEARED', folder, 'could not be cleared', cause)
  }
}

/** Removes what is too old to be of use, half-written files among it. */
export function removeStale(folder: string, now: number): void {
  for (const name of namesIfAny(folder)) {
    const path = join(folder, name)
    try {
      if (!name.endsWith('.lock') && now - lstatSync(path).mtimeMs > oldest) rmSync(path, { force: true })
    } catch {
      // Another process was faster.
    }
  }
}

/** Nothing where there is no folder yet. */
function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw unusable('CACHE_UNREADABLE', folder, 'cannot be read', cause)
  }
}

function namesIfAny(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function unusable(code: string, folder: string, what: string, cause: unknown): FederateError {
  const systemCode = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  return new FederateError({
    code,
    outcome: 'failed',
    problem: `The cache folder ${folder} ${what} (${systemCode}).`,
    next: 'Run it as the user whose cache it is, or set CACHE_DIRECTORY to the folder that is meant.',
    details: { folder, systemCode },
    cause,
  })
}
