import { existsSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { type AuthReference, withMovedPaths } from '@federate/core'
import type { LoadedService } from './service.ts'

/** A file that systemd hands to a unit, by a name of its own (systemd.exec(5), LoadCredential). */
export interface SystemdCredential {
  readonly name: string
  readonly path: string
}

/**
 * What systemd can read for a service, so that only root can: `billing.secret`, `billing.key`, … Tokens and assertions in
 * files are not among it: something writes them anew, and systemd reads once.
 */
export function systemdCredentials({ file, directory }: LoadedService): readonly SystemdCredential[] {
  const found: SystemdCredential[] = []
  withMovedPaths(file.auth, (path, place) => {
    if (place !== 'file') found.push({ name: `${file.service}.${place}`, path: resolve(directory, path) })
    return path
  })
  return found
}

/** The same way to tokens, by the files that systemd handed to this process; nothing where it handed none. */
export function withSystemdCredentials(
  service: string,
  auth: AuthReference,
  env: Readonly<Record<string, string | undefined>>,
): AuthReference | undefined {
  const folder = env['CREDENTIALS_DIRECTORY'] ?? ''
  if (!isAbsolute(folder)) return undefined
  let found = false
  const moved = withMovedPaths(auth, (path, place) => {
    const handed = join(folder, `${service}.${place}`)
    if (place === 'file' || !existsSync(handed)) return path
    found = true
    return handed
  })
  return found ? moved : undefined
}
