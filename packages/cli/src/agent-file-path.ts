import { access } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FederateError } from '@federate/core'
import type { Terminal } from './terminal.ts'

const name = 'federate.agent.yaml'

export interface AgentFileQuestion {
  /** Service files, and folders of them. Without any, they are looked for in the current folder. */
  readonly paths: readonly string[]
  /** What `--config` names. */
  readonly config?: string | undefined
}

/**
 * Where the agent's own file is: what was named, else `FEDERATE_AGENT`, else federate.agent.yaml beside the service files;
 * there need be none.
 *
 * @throws FederateError (usage) `AGENT_FILE_AMBIGUOUS`
 */
export async function agentFilePath(
  { paths, config }: AgentFileQuestion,
  { cwd, env }: Pick<Terminal, 'cwd' | 'env'>,
): Promise<string | undefined> {
  const named = config || env['FEDERATE_AGENT']
  if (named) return resolve(cwd, named)
  // A path is a folder of service files, or a service file in one.
  const given = paths.map((path) => resolve(cwd, path)).flatMap((path) => [path, dirname(path)])
  const places = [...new Set(paths.length === 0 ? [cwd] : given)].map((folder) => join(folder, name))
  const there = await Promise.all(places.map(exists))
  const [found, second] = places.filter((_, index) => there[index])
  if (found === undefined || second === undefined) return found
  throw new FederateError({
    code: 'AGENT_FILE_AMBIGUOUS',
    outcome: 'usage',
    problem: `There are ${found} and ${second}, and an agent has one such file.`,
    next: 'Name it with --config.',
  })
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
