import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { isInTheWay, startSandbox } from '@federate/sandbox'
import { exitStatus } from '../exit-status.ts'
import { loopbackWithoutProxy } from '../loopback-without-proxy.ts'
import { ownCommand } from '../own-command.ts'
import { type SandboxFile, sandboxFile } from '../sandbox-file.ts'
import type { Terminal } from '../terminal.ts'

export interface SandboxOptions {
  config?: string
  json?: boolean
  issuer?: boolean
  command?: readonly string[]
}

/** What a shell or a command needs in its environment to use the sandbox, and must not have. */
interface Surroundings {
  readonly env: Readonly<Record<string, string>>
  readonly inTheWay: readonly string[]
}

/** `federate sandbox`: the issuer and the clouds of federate.yaml on loopback, until it is ended or its command ends. */
export async function sandbox(options: SandboxOptions, terminal: Terminal): Promise<number> {
  const { release, ...served } = await sandboxFile(options, terminal)
  try {
    return await serve(served, options, terminal)
  } finally {
    await release()
  }
}

async function serve(
  { file, env, inTheWay, tellReach }: Omit<SandboxFile, 'release'>,
  options: SandboxOptions,
  terminal: Terminal,
): Promise<number> {
  const running = await startSandbox({ file, issuers: options.issuer !== false, log: terminal.note })
  try {
    await tellReach(running.reach())
    const around = {
      env: { ...loopbackWithoutProxy(terminal.env), ...running.env, ...env },
      inTheWay: [...running.inTheWay, ...inTheWay],
    }
    const [program, ...args] = options.command ?? []
    if (program !== undefined) return await runInside(program, args, around, terminal)
    const printed = options.json === true ? jsonText(terminal.env, around) : exportLines(terminal.env, around)
    terminal.out(printed)
    terminal.note(
      'The sandbox is running; Ctrl-C ends it. Set the above in another shell, or run `federate sandbox -- bash`.',
    )
    await ended()
    return exitStatus.done
  } finally {
    await running.close()
  }
}

function within(outside: Terminal['env'], { env, inTheWay }: Surroundings): NodeJS.ProcessEnv {
  const kept = Object.entries(outside).filter(([name, value]) => !isInTheWay(inTheWay, name, value))
  return { ...Object.fromEntries(kept), ...env }
}

function exportLines(outside: Terminal['env'], { env, inTheWay }: Surroundings): string {
  const lines = Object.entries(env).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
  return `unset ${mustNotBeSet(outside, inTheWay).join(' ')}\n${lines.join('')}`
}

/** What is `null` must not be set. */
function jsonText(outside: Terminal['env'], { env, inTheWay }: Surroundings): string {
  const none = Object.fromEntries(mustNotBeSet(outside, inTheWay).map((name) => [name, null]))
  return `${JSON.stringify({ ...none, ...env }, undefined, 2)}\n`
}

function mustNotBeSet(outside: Terminal['env'], inTheWay: readonly string[]): readonly string[] {
  const found = Object.keys(outside).filter((name) => isInTheWay(inTheWay, name, outside[name]))
  return [...new Set([...inTheWay.filter((entry) => !entry.endsWith('*')), ...found])]
}

/** Runs a command with a `federate` in its reach. */
async function runInside(
  program: string,
  args: readonly string[],
  around: Surroundings,
  terminal: Terminal,
): Promise<number> {
  const own = await ownCommand(terminal)
  try {
    return await statusOf(program, args, { ...within(terminal.env, around), ...own.env }, terminal)
  } finally {
    await own.remove()
  }
}

/** Runs a command and gives its exit status, as shells do: 127 when it cannot be started, 128 and the signal's number. */
function statusOf(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { env, stdio: 'inherit' })
    const forward = (signal: NodeJS.Signals) => void child.kill(signal)
    process.on('SIGINT', forward).on('SIGTERM', forward)
    child.once('error', (error) => {
      terminal.note(`${program} cannot be started: ${error.message}`)
      resolve(127)
    })
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}

function ended(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
