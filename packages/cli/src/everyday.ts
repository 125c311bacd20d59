import { isCloudName } from './clouds.ts'
import { type CredentialsOptions, credentials } from './commands/credentials.ts'
import { reported } from './reported.ts'
import { processTerminal, type Terminal } from './terminal.ts'

const flags: Readonly<Record<string, 'service' | 'target' | 'format'>> = {
  '-s': 'service',
  '--service': 'service',
  '--target': 'target',
  '--format': 'format',
}

/**
 * What programs ask `federate credentials` for every day, read as commander reads it: a cloud, and whole words behind the
 * flags above, each once. Nothing where there is more to it. Commander takes longer to be told what a command line may
 * be than it takes to send the first request.
 */
export function everydayQuestion([verb, cloud = '', ...words]: readonly string[]): CredentialsOptions | undefined {
  if (verb !== 'credentials' || !isCloudName(cloud) || words.length % 2 !== 0) return undefined
  const options: CredentialsOptions = { cloud, cache: true }
  for (let index = 0; index < words.length; index += 2) {
    const [flag = '', value = ''] = words.slice(index, index + 2)
    const name = Object.hasOwn(flags, flag) ? flags[flag] : undefined
    if (name === undefined || options[name] !== undefined || value === '' || value.startsWith('-')) return undefined
    options[name] = value
  }
  return options
}

/** Answers an everyday question and gives the exit status; nothing where commander is to read the command line. */
export function everydayAnswer(
  args: readonly string[],
  version: string,
  terminal?: Terminal,
): Promise<number> | undefined {
  const question = everydayQuestion(args)
  if (question === undefined) return undefined
  const outside = terminal ?? processTerminal(args, version)
  return reported(() => credentials(question, outside), args, outside)
}
