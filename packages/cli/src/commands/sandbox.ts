import { spawn } from 'node:child_process'
import { constants } from 'node:os'
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
    if (program !== undefined)
      return await runInside(program, args, { ...withoutAws(terminal.env), ...running.env }, terminal)
    terminal.out(options.json === true ? `${JSON.stringify(running.env, undefined, 2)}\n` : exportLines(running.env))
    terminal.note('The sandbox is running; Ctrl-C ends it.')
    await ended()
    return exitStatus.done
  } finally {
    await running.close()
  }
}

/** What would win over the sandbox in the SDKs' chains, or be mixed with it. */
const inTheWay = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
]

function withoutAws(env: Terminal['env']): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !inTheWay.includes(name)))
}

function exportLines(env: Readonly<Record<string, string>>): string {
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
