import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type CacheEntry, parseAnyEntry } from './entry.ts'
import { readPrivateFile } from './private-file.ts'

/** No cloud lends anything for longer than twelve hours. */
const oldest = 13 * 60 * 60_000

/** The entries of a cache's folder; what cannot be trusted is left out. */
export function listCache(folder: string): CacheEntry[] {
  const entries = namesIn(folder).map((name) =>
    name.endsWith('.json') ? parseAnyEntry(readPrivateFile(join(folder, name))) : undefined,
  )
  return entries.filter((entry) => entry !== undefined)
}

/** Removes every file of the cache, and gives how many there were. Locks that are held go too: nothing depends on them. */
export function clearCache(folder: string): number {
  const names = namesIn(folder)
  for (const name of names) rmSync(join(folder, name), { force: true })
  return names.length
}

/** Removes what is too old to be of use, half-written files among it. */
export function removeStale(folder: string, now: number): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    try {
      if (!name.endsWith('.lock') && now - lstatSync(path).mtimeMs > oldest) rmSync(path, { force: true })
    } catch {
      // Another process was faster.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
