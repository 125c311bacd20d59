import { resolve } from 'node:path'
import type { Loan, LoanStatus } from '@federate/agent'
import { Output, type OutputOutcome, ownerOf, runCommand, sendSignal } from '@federate/agent/daemon'
import { type CallContext, type FederateError, type Token, withMovedPaths } from '@federate/core'
import { type KnownServices, type OutputWish, readAgentFile } from '@federate/core/config'
import type { LentService } from './agent-services.ts'
import { secretVariables } from './child-environment.ts'
import { isCloudName, loadCloud } from './clouds.ts'
import { type CloudOfFiles, type FileService, KeptTokens, outputSource } from './output-source.ts'

export interface OutputEvents {
  /** Told of every renewal of a token. */
  readonly onRenewal: (error: FederateError | undefined, status: LoanStatus) => void
  /** Told of every file that was written, or could not be. */
  readonly onOutcome: (outcome: OutputOutcome, status: LoanStatus) => void
}

/** The files of one service, and the tokens that are kept for them alone. */
export interface KeptOutputs {
  readonly outputs: readonly Output[]
  readonly tokens: readonly Loan<Token>[]
  /** What was asked for; changes whenever the files are to be others. */
  readonly wishes: readonly object[]
}

/**
 * The files that federate.agent.yaml wants, by service.
 *
 * @throws FederateError (usage) of `readAgentFile` and `ownerOf`.
 */
export async function agentOutputs(
  path: string,
  services: readonly LentService[],
  context: CallContext,
  events: OutputEvents,
): Promise<ReadonlyMap<string, KeptOutputs>> {
  const { outputs: wishes, clouds } = await wishedOutputs(path, services)
  const environment = commandEnvironment(services, context.env)
  const kept = services.map(async ({ file, lent, source }) => {
    const name = file.service
    const tokens = new KeptTokens(source, context.now, events.onRenewal)
    const service = { name, targets: lent, tokens, now: context.now }
    const own = wishes.filter((wish) => wish.service === name)
    const made = await Promise.all(own.map((wish) => makeOutput(wish, service, clouds, { environment, ...events })))
    return [
      name,
      {
        outputs: made,
        tokens: tokens.loans,
        // Where it stands in the file makes no difference.
        wishes: own.map((wish) => ({ ...wish, place: undefined })),
      },
    ] as const
  })
  return new Map(await Promise.all(kept))
}

/** What federate.agent.yaml wants. @throws FederateError (usage) of `readAgentFile`. */
export async function wishedOutputs(path: string, services: readonly LentService[]) {
  const clouds = await cloudsOf(services)
  const reserved = services.flatMap(readFiles)
  const { outputs } = await readAgentFile({ path, services: knownServices(services, clouds), reserved })
  return { outputs, clouds }
}

async function cloudsOf(services: readonly LentService[]): Promise<ReadonlyMap<string, CloudOfFiles>> {
  const names = new Set(services.flatMap(({ lent }) => lent.map(({ cloud }) => cloud)))
  const loaded = [...names].filter(isCloudName).map(async (name) => {
    const cloud = await loadCloud(name)
    return [name, { cloud, formats: await cloud.fileFormats() }] as const
  })
  return new Map(await Promise.all(loaded))
}

function knownServices(services: readonly LentService[], clouds: ReadonlyMap<string, CloudOfFiles>): KnownServices {
  const formatsOf = (cloud: string) => new Map(Object.entries(clouds.get(cloud)?.formats ?? {}))
  return new Map(
    services.map(({ file, lent }) => [
      file.service,
      new Map(lent.map(({ target, cloud }) => [target, formatsOf(cloud)] as const)),
    ]),
  )
}

/** The service file and the secrets that it names: nothing is written over them. */
function readFiles({ path, file, directory }: LentService): string[] {
  const files = [path]
  withMovedPaths(file.auth, (secret) => {
    files.push(resolve(directory, secret))
    return secret
  })
  return files
}

/** Commands get what the agent has, but for secrets, and for what is between the agent and its service manager. */
function commandEnvironment(services: readonly LentService[], env: CallContext['env']): CallContext['env'] {
  const secrets = services.flatMap(({ file }) => secretVariables(file.auth))
  const hidden = new Set([...secrets, 'NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'])
  return Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.has(name)))
}

interface OutputTools extends OutputEvents {
  /** Of commands. */
  readonly environment: CallContext['env']
}

async function makeOutput(
  wish: OutputWish,
  service: FileService,
  clouds: ReadonlyMap<string, CloudOfFiles>,
  { environment, onOutcome }: OutputTools,
): Promise<Output> {
  const { path, mode, place } = wish
  const owner = await ownerOf(wish, place)
  const { content, shared, whenRenewed } = outputSource(wish, service, clouds)
  const notify = notifier(wish, environment)
  const output = new Output({ path, mode, owner, shared, content, notify, now: service.now, onOutcome })
  whenRenewed(() => output.renewed())
  return output
}

function notifier({ path, service, onChange }: OutputWish, env: CallContext['env']) {
  if (onChange === undefined) return undefined
  if ('signal' in onChange) return () => sendSignal(path, onChange)
  const environment = { ...env, FEDERATE_OUTPUT: path, FEDERATE_SERVICE_NAME: service }
  return async (signal: AbortSignal) => {
    await runCommand(path, { ...onChange, environment }, signal)
    return true
  }
}
