import { dirname } from 'node:path'
import {
  FederateError,
  type RuntimeTarget,
  readServiceFile,
  resolveServiceFile,
  type ServiceFile,
  serviceFolder,
} from '@federate/core'
import { fileStamp } from './answers/answer.ts'
import { refuseLonelyFlags, type ServiceFlags, serviceFromFlags } from './service-flags.ts'
import type { Terminal } from './terminal.ts'

export interface LoadedService {
  readonly file: ServiceFile
  /** Where relative paths of the file start. */
  readonly directory: string
  /** The file's path; undefined when flags stood for it. */
  readonly path?: string
  /** The stamps, by path, of what was looked at to get here; taken before it was. */
  readonly stamps: Readonly<Record<string, string>>
}

/** The service that a command works for: from its file, or from flags. */
export async function loadService(flags: ServiceFlags, terminal: Terminal): Promise<LoadedService> {
  if (flags.issuer !== undefined)
    return { file: serviceFromFlags(flags, flags.issuer), directory: terminal.cwd, stamps: {} }
  refuseLonelyFlags(flags)
  const { env, cwd } = terminal
  const folder = (await serviceFolder({ env, cwd })) ?? cwd
  const folderStamp = fileStamp(folder)
  const path = await resolveServiceFile({
    ...(flags.service === undefined ? {} : { path: flags.service }),
    env,
    cwd,
  })
  const stamp = fileStamp(path)
  const file = await readServiceFile(path)
  // The only one there is stays so for as long as the folder is as it was.
  const found = flags.service === undefined && (folder !== cwd || !env['FEDERATE_SERVICE'])
  const stamps = found ? { [folder]: folderStamp, [path]: stamp } : { [path]: stamp }
  return { file, directory: dirname(path), path, stamps }
}

/** Chooses the target of a cloud in a service file. */
export function chooseTarget(file: ServiceFile, cloud: string, wanted: string | undefined): [string, RuntimeTarget] {
  const targets = Object.entries(file.targets).filter(([, target]) => target.cloud === cloud)
  const names = targets.map(([name]) => name).join(', ')
  if (wanted !== undefined) {
    const found = targets.find(([name]) => name === wanted)
    if (found !== undefined) return found
    throw targetError(
      `The service ${file.service} has no ${cloud} target "${wanted}"; it has: ${names || 'none'}.`,
      cloud,
    )
  }
  const [first, second] = targets
  if (first === undefined) throw targetError(`The service ${file.service} has no target in ${cloud}.`, cloud)
  if (second === undefined) return first
  throw new FederateError({
    code: 'TARGET_AMBIGUOUS',
    outcome: 'usage',
    problem: `The service ${file.service} has several targets in ${cloud}: ${names}.`,
    next: 'Name one with --target.',
  })
}

function targetError(problem: string, cloud: string): FederateError {
  return new FederateError({
    code: 'TARGET_UNKNOWN',
    outcome: 'usage',
    problem,
    next: `Add it to federate.yaml and run \`federate setup ${cloud}\`, or name another one with --target.`,
  })
}
