import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { FederateError, type Peer } from '@federate/core'
import { cacheRoot } from '@federate/core/cache'
import type { Terminal } from './terminal.ts'

/** For what goes wrong on the way to an agent. */
export const agentPeer: Peer = { prefix: 'AGENT', name: 'the agent' }

/**
 * Where an agent tells its address: what was named, else `RUNTIME_DIRECTORY` as systemd sets it, else
 * `XDG_RUNTIME_DIR/federate`, else beside the cache.
 */
export function runFolder(named: string | undefined, { env, cwd }: Pick<Terminal, 'env' | 'cwd'>): string {
  if (named !== undefined) return resolve(cwd, named)
  const [unit = ''] = (env['RUNTIME_DIRECTORY'] ?? '').split(delimiter)
  if (isAbsolute(unit)) return unit
  const session = env['XDG_RUNTIME_DIR'] ?? ''
  if (isAbsolute(session)) return join(session, 'federate')
  const cache = cacheRoot(env)
  if (cache !== undefined) return join(cache, 'agent')
  throw new FederateError({
    code: 'RUN_FOLDER_UNKNOWN',
    outcome: 'usage',
    problem: 'The environment names no folder in which the agent could tell its address.',
    next: 'Give --run-folder <path>.',
  })
}
