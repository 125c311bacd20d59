import { readFile } from 'node:fs/promises'
import { FederateError } from '@federate/core'

export interface SignalOnChange {
  readonly signal: NodeJS.Signals
  /** Absolute path of the file that holds the number of the process. */
  readonly pidFile: string
}

/**
 * Sends a signal to the process that a pid file names, because a file has changed. Where there is no such file or process,
 * nothing is to be told: whoever starts later reads the new file.
 *
 * @returns whether there was somebody.
 * @throws FederateError (failed) `OUTPUT_PID_FILE`, `OUTPUT_SIGNAL_FAILED`.
 */
export async function sendSignal(path: string, { signal, pidFile }: SignalOnChange): Promise<boolean> {
  const pid = await pidIn(pidFile)
  if (pid === undefined) return false
  try {
    process.kill(pid, signal)
    return true
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    if (code === 'ESRCH') return false
    throw new FederateError({
      code: 'OUTPUT_SIGNAL_FAILED',
      outcome: 'failed',
      problem: `The process ${pid}, which ${pidFile} names, could not be sent ${signal} when ${path} changed (${code}).`,
      next: 'Run the agent as the same user, or as root.',
      details: { path, pid, signal, systemCode: code },
      cause,
    })
  }
}

async function pidIn(pidFile: string): Promise<number | undefined> {
  const text = await textOf(pidFile)
  if (text === undefined) return undefined
  // 0 and 1 would be the agent's own process group, and init.
  const pid = /^\s*(\d{1,9})\s*$/.exec(text)?.[1]
  if (pid !== undefined && Number(pid) > 1) return Number(pid)
  throw unusable(pidFile, 'does not hold the number of a process')
}

async function textOf(pidFile: string): Promise<string | undefined> {
  try {
    return await readFile(pidFile, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    if (code === 'ENOENT') return undefined
    throw unusable(pidFile, `cannot be read (${code})`)
  }
}

function unusable(pidFile: string, what: string): FederateError {
  return new FederateError({
    code: 'OUTPUT_PID_FILE',
    outcome: 'failed',
    problem: `The pid file ${pidFile} ${what}.`,
    next: 'Name the file that the program writes its process id to.',
    details: { pidFile },
  })
}
