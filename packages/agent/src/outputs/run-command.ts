import { type ChildProcess, spawn } from 'node:child_process'
import { FederateError, type Seconds } from '@federate/core'

export interface CommandOnChange {
  readonly command: readonly string[]
  readonly timeout: Seconds
  /** Where it runs. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Runs a command without a shell, because a file has changed. It gets no input, and what it prints is dropped: it may
 * print the file. When its time is over it is killed, with everything it has started that did not leave its process group.
 *
 * @param path The file that changed.
 * @throws FederateError `OUTPUT_COMMAND_MISSING` (usage), `OUTPUT_COMMAND_FAILED`, `OUTPUT_COMMAND_TIMEOUT` (failed); the
 *   signal's reason when aborted.
 */
export async function runCommand(
  path: string,
  { command, timeout, directory, environment }: CommandOnChange,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  const [program = '', ...args] = command
  const child = spawn(program, args, { cwd: directory, env: { ...environment }, stdio: 'ignore', detached: true })
  const ending = await endingOf(child, timeout, signal)
  if (ending === 0) return
  const failure = (code: string, outcome: 'usage' | 'failed', what: string, next: string) =>
    new FederateError({ code, outcome, problem: `${program}, which runs when ${path} changes, ${what}.`, next })
  if (ending === 'aborted') throw signal.reason
  if (ending === 'timeout') {
    const next = 'Run it by hand to see what it waits for; it gets no input. Give onChange more timeout if it needs it.'
    throw failure('OUTPUT_COMMAND_TIMEOUT', 'failed', `did not end within ${timeout} s and was killed`, next)
  }
  if (typeof ending === 'object') {
    const next = 'Give the path of a program that the user of the agent may run; no shell is between.'
    throw failure('OUTPUT_COMMAND_MISSING', 'usage', `cannot be started in ${directory} (${ending.notStarted})`, next)
  }
  const how = typeof ending === 'number' ? `ended with status ${ending}` : `was ended by ${ending}`
  throw failure('OUTPUT_COMMAND_FAILED', 'failed', how, 'Run it by hand as the user of the agent.')
}

type Ending = number | NodeJS.Signals | 'timeout' | 'aborted' | { readonly notStarted: string }

function endingOf(child: ChildProcess, timeout: Seconds, signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    const end = (ending: Ending) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      resolve(ending)
    }
    const kill = (why: 'timeout' | 'aborted') => {
      killGroup(child)
      end(why)
    }
    const abort = () => kill('aborted')
    const timer = setTimeout(() => kill('timeout'), timeout * 1000)
    signal.addEventListener('abort', abort, { once: true })
    child.once('error', (error) => end({ notStarted: 'code' in error ? String(error.code) : 'unknown error' }))
    child.once('exit', (status, by) => end(by ?? status ?? 1))
  })
}

/** `detached` made it the leader of a group of its own. */
function killGroup(child: ChildProcess): void {
  const { pid } = child
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It has ended by itself meanwhile, or has become another user's: then it must not keep this process.
    child.unref()
  }
}
