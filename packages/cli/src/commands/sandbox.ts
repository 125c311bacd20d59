import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { startSandbox } from '@federate/sandbox'
import { exitStatus } from '../exit-status.ts'
import { sandboxFile } from '../sandbox-file.ts'
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
  const { file, env, inTheWay } = await sandboxFile(options, terminal)
  const running = await startSandbox({ file, issuers: options.issuer !== false, log: terminal.note })
  const around = { env: { ...running.env, ...env }, inTheWay: [...running.inTheWay, ...inTheWay] }
  try {
    const [program, ...args] = options.command ?? []
    if (program !== undefined) return await runInside(program, args, within(terminal.env, around), terminal)
    terminal.out(options.json === true ? `${JSON.stringify(around.env, undefined, 2)}\n` : exportLines(around))
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
  return { ...Object.fromEntries(Object.entries(outside).filter(([name]) => !inTheWay.includes(name))), ...env }
}

function exportLines({ env, inTheWay }: Surroundings): string {
  const lines = Object.entries(env).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
  return `unset ${inTheWay.join(' ')}\n${lines.join('')}`
}
/** Runs a command and gives its exit status, as shells do: 127 when it cannot be started, 128 and the signal's number. */
function runInside(
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
