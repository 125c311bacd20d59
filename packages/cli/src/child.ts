import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import spawn from 'cross-spawn'

export interface Child {
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** How a command ended. */
export type Ending =
  | { readonly status: number }
  | { readonly signal: NodeJS.Signals }
  /** It was not started: the system's error code. */
  | { readonly notStarted: string }

const fromAnywhere: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']
/** What a terminal sends to the whole process group, and so to the child already. */
const fromTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']

/** Runs a command in this process's group, with its terminal and files, and hands signals on to it. */
export function runChild({ program, args, env }: Child): Promise<Ending> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { stdio: 'inherit', env: { ...env } })
    const forward = (signal: NodeJS.Signals) => void child.kill(signal)
    const outlive = (signal: NodeJS.Signals) => (isInForeground() ? undefined : forward(signal))
    for (const signal of fromAnywhere) process.on(signal, forward)
    for (const signal of fromTerminal) process.on(signal, outlive)
    const end = (ending: Ending) => {
      for (const signal of fromAnywhere) process.off(signal, forward)
      for (const signal of fromTerminal) process.off(signal, outlive)
      resolve(ending)
    }
    // A signal that could not be handed on, because the command has become another user's (sudo), is no end of it.
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall !== 'kill') end({ notStarted: error.code ?? 'unknown error' })
    })
    child.once('exit', (status, signal) => end(signal === null ? { status: status ?? 1 } : { signal }))
  })
}

/**
 * Whether a terminal sends its signals to this process's group: one of its streams is that terminal, and the group in front.
 * Not standard input alone: with that from a file the command would be interrupted twice, which many take for "at once".
 */
function isInForeground(): boolean {
  // By number, because Node opens `process.stdin`, which is the command's, when it is named.
  if (![0, 1, 2].some((file) => isatty(file))) return false
  try {
    // proc_pid_stat(5): after the name, in parentheses, are state, parent, group, session, terminal and its foreground group.
    const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return group === foreground
  } catch {
    // Only Linux tells.
    return true
  }
}

/** The status by which shells know an ending. A command that died of a signal takes this process with it, as directly. */
export function statusOfEnding(ending: { readonly status: number } | { readonly signal: NodeJS.Signals }): number {
  if ('status' in ending) return ending.status
  process.kill(process.pid, ending.signal)
  // Some signals are ignored, or kill a moment later.
  return 128 + constants.signals[ending.signal]
}
