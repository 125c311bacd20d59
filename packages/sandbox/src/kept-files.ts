import { dirname, resolve } from 'node:path'
import { type FederateFile, type Seconds, writeFileAtomically } from '@federate/core'
import { ensureCredentialFolder } from './credential-folder.ts'

/** A file whose content lives only for a while. */
export interface KeptFile {
  /** As federate.yaml names it. */
  readonly path: string
  readonly lifetime: Seconds
  /** What it holds, for messages: `a token for billing`. */
  readonly label: string
  make(): Promise<string>
}

export interface KeptFiles {
  close(): void
}

/** Writes files for their owner alone, and anew at half of their content's life. */
export async function keepFiles(
  file: FederateFile,
  wanted: readonly KeptFile[],
  log: (message: string) => void,
): Promise<KeptFiles> {
  const timers: NodeJS.Timeout[] = []
  const home = dirname(file.path)
  for (const { path: named, lifetime, label, make } of wanted) {
    const path = resolve(home, named)
    const write = async () => writeFileAtomically(path, await make(), { mode: 0o600 })
    await ensureCredentialFolder(path, home)
    await write()
    log(`Wrote ${label} to ${path}.`)
    const renew = () => void write().catch((error: unknown) => log(String(error)))
    timers.push(setInterval(renew, (lifetime * 1000) / 2))
  }
  return { close: () => timers.forEach((timer) => void clearInterval(timer)) }
}
