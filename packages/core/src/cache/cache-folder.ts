import { delimiter, isAbsolute, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where this user's (or this unit's) cache is: `CACHE_DIRECTORY` as systemd sets it, else `federate` in the user's cache
 * folder: `XDG_CACHE_HOME`, on Windows `LOCALAPPDATA`, else `~/.cache`. Relative paths are not taken, as the XDG Base
 * Directory Specification says. Nothing when the environment names no place.
 */
export function cacheRoot(environment: Environment): string | undefined {
  // systemd separates several by a colon (systemd.exec(5), CACHE_DIRECTORY); the first is ours.
  const [unit = ''] = (environment['CACHE_DIRECTORY'] ?? '').split(delimiter)
  if (isAbsolute(unit)) return unit
  const { XDG_CACHE_HOME = '', LOCALAPPDATA = '', HOME = '' } = environment
  const home = isAbsolute(HOME) ? join(HOME, '.cache') : ''
  const cache = [XDG_CACHE_HOME, LOCALAPPDATA, home].find((path) => isAbsolute(path))
  return cache === undefined ? undefined : join(cache, 'federate')
}

/** The folder of kept credentials: 0700, so that nobody else sees even their names. */
export function credentialFolder(environment: Environment): string | undefined {
  const root = cacheRoot(environment)
  return root === undefined ? undefined : join(root, 'credentials')
}
