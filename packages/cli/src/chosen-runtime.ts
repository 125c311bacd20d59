import { type Cloud, FederateError, type RuntimeTarget } from '@federate/core'
import type { CloudName } from './clouds.ts'
import { credentialFlags, targetFields, targetFlag } from './credential-flags.ts'
import { refuseMeaninglessFlags } from './ignored-flags.ts'
import { chooseTarget, type LoadedService } from './service.ts'
import type { Terminal } from './terminal.ts'

export interface RuntimeChoice {
  readonly cloud: CloudName
  readonly target?: string
}

/** What a command works on. */
export interface ChosenRuntime {
  /** The target's name, or the flag that stands for one. */
  readonly target: string
  readonly runtime: RuntimeTarget
}

/**
 * A target as the service file has it and flags change it, or as flags alone say.
 *
 * @throws FederateError `FLAG_INVALID` (usage) where the file is right and a flag is not; those of `chooseTarget`,
 *   `refuseMeaninglessFlags` and of the cloud's `runtime`.
 */
export async function chosenRuntime(
  cloud: Cloud,
  service: LoadedService,
  options: RuntimeChoice,
  terminal: Terminal,
): Promise<ChosenRuntime> {
  const chosen = await choose(cloud, service, options, terminal)
  refuseMeaninglessFlags(options, chosen.runtime)
  return chosen
}

async function choose(
  cloud: Cloud,
  { file, path }: LoadedService,
  options: RuntimeChoice,
  terminal: Terminal,
): Promise<ChosenRuntime> {
  const fields = await targetFields(options.cloud, options, terminal)
  const lone = targetFlag(options.cloud, options)
  if (lone !== undefined) {
    return { target: lone, runtime: await cloud.runtime({ cloud: options.cloud, ...fields }, lone) }
  }
  const [target, given] = chooseTarget(file, options.cloud, options.target)
  const runtime = await cloud.runtime(given, `${path ?? file.service}: targets.${target}`)
  if (Object.keys(fields).length === 0) return { target, runtime }
  return { target, runtime: await withFlags(cloud, { ...given, ...fields }, flagsGiven(options)) }
}

/** The file was right, so what is wrong now came by a flag. */
async function withFlags(cloud: Cloud, fields: object, flags: string): Promise<RuntimeTarget> {
  try {
    return await cloud.runtime(fields, flags)
  } catch (cause) {
    if (!(cause instanceof FederateError) || cause.code !== 'SERVICE_FILE_INVALID') throw cause
    throw new FederateError({
      code: 'FLAG_INVALID',
      outcome: 'usage',
      problem: cause.problem,
      next: `Correct ${flags}, or leave it out: then the service file counts.`,
      details: cause.details,
    })
  }
}

function flagsGiven(options: RuntimeChoice): string {
  return credentialFlags[options.cloud]
    .filter(({ name }) => Reflect.get(options, name) !== undefined)
    .map(({ flag }) => flag.split(' ')[0])
    .join(', ')
}
