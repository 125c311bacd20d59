import type { ChildProcess } from 'node:child_process'
import { FederateError } from './errors.ts'
import { printable } from './redaction/printable.ts'
import type { Seconds } from './units.ts'

export interface ProgramRun {
  readonly program: string
  readonly parameters: readonly string[]
  readonly timeout: Seconds
  readonly directory?: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

const maximumBytes = 256_000
const keptOfErrors = 4_000
/** Milliseconds in which what a program has printed arrives after its end. */
const lingering = 250

/**
 * Runs a program without a shell and gives what it printed. It gets no input, so that one which asks for a password fails
 * instead of waiting; it is killed when its time is over, when it prints too much, and when nobody waits any more.
 *
 * @throws FederateError `TOKEN_COMMAND_MISSING` (usage), `TOKEN_COMMAND_FAILED`, `TOKEN_COMMAND_TIMEOUT`,
 *   `TOKEN_COMMAND_OUTPUT` (failed); the signal's reason when aborted.
 */
export function runProgram(run: ProgramRun): Promise<string> {
  run.signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const child = start(run)
    const printed = new Collected(maximumBytes)
    const errors = new Collected(keptOfErrors)
    let last: NodeJS.Timeout | undefined
    const end = (work: () => void) => {
      clearTimeout(timer)
      clearTimeout(last)
      run.signal?.removeEventListener('abort', abort)
      kill(child)
      work()
    }
    const abort = () => end(() => reject(run.signal?.reason))
    const timer = setTimeout(() => end(() => reject(timedOut(run))), run.timeout * 1000)
    run.signal?.addEventListener('abort', abort, { once: true })
    // Later ones are of the kill: a program that has become another user's may not be killed.
    child.on('error', (error) => (child.pid === undefined ? end(() => reject(notStarted(run, error))) : undefined))
    child.stdout?.on('data', (chunk: Buffer) => {
      if (!printed.add(chunk)) end(() => reject(tooMuch(run)))
    })
    child.stderr?.on('data', (chunk: Buffer) => errors.add(chunk))
    const finish = (status: number | null, signal: NodeJS.Signals | null) => {
      if (status === 0) end(() => resolve(printed.text))
      else end(() => reject(failed(run, { status, signal, errors: errors.text, printed: printed.text })))
    }
    child.once('close', finish)
    child.once('exit', (status, signal) => {
      // A grandchild may hold the pipes open for ever.
      last = setTimeout(() => finish(status, signal), lingering)
    })
  })
}

function start({ program, parameters, directory, environment }: ProgramRun): ChildProcess {
  const { spawn } = process.getBuiltinModule('node:child_process')
  return spawn(program, [...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: false,
    windowsHide: true,
    env: { ...environment },
    ...(directory === undefined ? {} : { cwd: directory }),
  })
}

function kill(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  // What could not be killed must not keep this process.
  child.unref()
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/** The first bytes of a stream. */
class Collected {
  readonly #maximum: number
  readonly #chunks: Buffer[] = []
  #length = 0

  constructor(maximum: number) {
    this.#maximum = maximum
  }

  /** False once there is more than is kept. */
  add(chunk: Buffer): boolean {
    if (this.#length <= this.#maximum) this.#chunks.push(chunk)
    this.#length += chunk.byteLength
    return this.#length <= this.#maximum
  }

  get text(): string {
    return new TextDecoder().decode(Buffer.concat(this.#chunks).subarray(0, this.#maximum))
  }
}

interface Ending {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly errors: string
  readonly printed: string
}

function failed({ program }: ProgramRun, { status, signal, errors, printed }: Ending): FederateError {
  const how = signal === null ? `ended with status ${status}` : `was ended by ${signal}`
  const lastLine = errors.trim().split('\n').at(-1) ?? ''
  const words = printable(printed.trim() === '' ? lastLine : lastLine.replaceAll(printed.trim(), '[redacted]'))
  return new FederateError({
    code: 'TOKEN_COMMAND_FAILED',
    outcome: 'failed',
    problem: `The command ${program}, which should print the token, ${how}${words === '' ? ' and said nothing' : `: "${words}"`}.`,
    next: 'Run it by hand as the user of this process; it must print the token and end with status 0, without any input.',
    details: { program, status, signal },
  })
}

function timedOut({ program, timeout }: ProgramRun): FederateError {
  return new FederateError({
    code: 'TOKEN_COMMAND_TIMEOUT',
    outcome: 'failed',
    problem: `The command ${program}, which should print the token, did not end within ${timeout} s and was killed.`,
    next: 'Run it by hand to see what it waits for; it gets no input. Allow more time if it needs it.',
    details: { program, timeout },
  })
}

function tooMuch({ program }: ProgramRun): FederateError {
  return new FederateError({
    code: 'TOKEN_COMMAND_OUTPUT',
    outcome: 'failed',
    problem: `The command ${program}, which should print the token, printed more than ${maximumBytes} bytes and was killed.`,
    next: 'Have it print the token and nothing else on its standard output; messages belong on the other one.',
    details: { program, maximumBytes },
  })
}

function notStarted({ program, directory }: ProgramRun, error: Error): FederateError {
  const code = 'code' in error ? String(error.code) : 'unknown error'
  const where = directory === undefined ? '' : ` in ${directory}`
  return new FederateError({
    code: 'TOKEN_COMMAND_MISSING',
    outcome: 'usage',
    problem: `The command ${program}, which should print the token, cannot be started${where} (${code}).`,
    next: /\.(cmd|bat)$/i.test(program)
      ? `A batch file is run by its shell: give cmd.exe, /d, /c and then ${program} as the command.`
      : 'Give the path of a program that the user of this process may run; pipes and variables of a shell are not understood.',
    details: { program, systemCode: code },
    cause: error,
  })
}
