import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'

const maximumBytes = 1_000_000

/**
 * Reads a file of the cache, if it can be trusted: a plain file that belongs to this user and that nobody else may read
 * or write. Anything else is nothing, as if it were not there. On Windows the profile's own ACL has to do.
 *
 * Synchronous, because a cached answer is one read, and a promise would cost more.
 */
export function readPrivateFile(path: string): string | undefined {
  let file: number | undefined
  try {
    // A link would lead elsewhere; a FIFO would wait for ever.
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    const stats = fstatSync(file)
    return stats.isFile() && isPrivate(stats) && stats.size <= maximumBytes ? readFileSync(file, 'utf8') : undefined
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Whether a file or folder belongs to this user and is closed to all others. */
export function isPrivate({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): boolean {
  const user = process.geteuid?.()
  return user === undefined || (uid === user && (mode & 0o077) === 0)
}
