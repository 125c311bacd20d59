import { spawn } from 'node:child_process'
import { startSandbox } from '@federate/sandbox'
import { exitStatus } from '../exit-status.ts'
import type { Terminal } from '../terminal.ts'
import { readFile } from '../trust.ts'

export interface SandboxOptions {
  config?: string
  json?: boolean
  issuer?: boolean
  command?: readonly string[]
}

/** `federate sandbox`: the issuer and the clouds of federate.yaml on loopback, until it is ended or its command ends. */
export async function sandbox(options: SandboxOptions, terminal: Terminal): Promise<number> {
  const file = await readFile(options, terminal)
  const running = await startSandbox({ file, issuers: options.issuer !== false, log: terminal.note })
  try {
    const [program, ...args] = options.command ?? []
    if (program !== undefined) return await runInside(program, args, { ...terminal.env, ...running.env })
    terminal.out(options.json === true ? `${JSON.stringify(running.env, undefined, 2)}\n` : exportLines(running.env))
    terminal.note('The sandbox is running; Ctrl-C ends it.')
    await ended()
    return exitStatus.done
  } finally {
    await running.close()
  }
}

function exportLines(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('')
}

/** Runs a command and gives its exit status; 127 when it cannot be started, as shells do. */
function runInside(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { env, stdio: 'inherit' })
    const forward = (signal: NodeJS.Signals) => void child.kill(signal)
    process.on('SIGINT', forward).on('SIGTERM', forward)
    child.once('error', () => resolve(127))
    child.once('exit', (code, signal) =>
      resolve(code ?? (signal === null ? exitStatus.failed : exitStatus.interrupted)),
    )
  })
}

function ended(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
