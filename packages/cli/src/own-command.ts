import { accessSync, constants, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Terminal } from './terminal.ts'

/** A variable for a command that shall find `federate`, for as long as it runs. */
export interface OwnCommand {
  readonly env: Readonly<Record<string, string>>
  remove(): Promise<void>
}

/**
 * Puts a `federate` that is this very command at the end of a child's PATH, where there is none: who started this one by a
 * path (in a checkout, by npx) can write `federate` in what the child runs. It is in a folder of its own, which only this
 * user can look into. Where none can be made, as on a full disk, the child runs without.
 */
export async function ownCommand({ env, command }: Pick<Terminal, 'env' | 'command'>): Promise<OwnCommand> {
  const windows = process.platform === 'win32'
  // Windows calls it Path.
  const name = Object.keys(env).find((one) => (windows ? one.toUpperCase() === 'PATH' : one === 'PATH')) ?? 'PATH'
  const path = env[name]
  // Without one, systems have a path of their own, which this would replace.
  if (path === undefined || path === '') return nothing
  const names = windows ? ['federate.cmd', 'federate.exe', 'federate.bat'] : ['federate']
  if (path.split(delimiter).some((folder) => names.some((one) => isProgram(join(folder, one))))) return nothing
  const folder = await folderWithCommand(command, windows).catch(() => undefined)
  if (folder === undefined) return nothing
  return {
    env: { [name]: `${path}${delimiter}${folder}` },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

async function folderWithCommand(command: readonly string[], windows: boolean): Promise<string> {
  const script = windows
    ? `@${command.map(quotedForCmd).join(' ')} %*\r\n`
    : `#!/bin/sh\nexec ${quoted(command)} "$@"\n`
  // 0700, as mkdtemp makes it.
  const folder = await mkdtemp(join(tmpdir(), 'federate-command-'))
  try {
    await writeFile(join(folder, windows ? 'federate.cmd' : 'federate'), script, { mode: 0o700 })
    return folder
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

const nothing: OwnCommand = { env: {}, remove: async () => undefined }

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
}

/** A percent sign begins a variable in a batch file. */
function quotedForCmd(word: string): string {
  return `"${word.replaceAll('%', '%%')}"`
}
