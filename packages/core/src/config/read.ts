import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { FederateError } from '../errors.ts'
import type { SmallBytes } from '../files/small-file.ts'
import { readTrustedFile, refuseForeign, type TrustedKind } from '../files/trusted-file.ts'
import type { FederateFile } from '../service-file/service.ts'
import { type FederateFileOptions, parseFederateFile, refuseSize } from './federate-file.ts'
import { configUnreadable } from './problem.ts'
import type { TargetSchemas } from './targets.ts'

export interface ReadFederateFileOptions {
  /** What `-c` names, relative to `cwd`. Default: `FEDERATE_CONFIG`, else `federate.yaml`. */
  readonly path?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** The current folder, absolute. */
  readonly cwd: string
  /** The schema of each known cloud's targets, by the cloud's name. */
  readonly targetSchemas: TargetSchemas
  /** As in `FederateFileOptions`. */
  readonly isCloudAudience?: FederateFileOptions['isCloudAudience']
}

const kind: TrustedKind = {
  prefix: 'CONFIG',
  title: '',
  power: 'says where secrets are sent',
  closedTo: 'everybody',
}

/**
 * Finds, reads and checks federate.yaml. Whoever writes it decides where secrets are sent, and by `token_command` what is run
 * here and on the services' hosts: see `readTrustedFile`.
 *
 * @throws FederateError (usage) `CONFIG_MISSING`, `CONFIG_UNREADABLE`, `CONFIG_WRITABLE`, `CONFIG_FOLDER_OPEN`,
 *   `CONFIG_FOREIGN`, `CONFIG_NOT_YAML` when it is not UTF-8, or as `parseFederateFile`.
 */
export async function readFederateFile(options: ReadFederateFileOptions): Promise<FederateFile> {
  const { targetSchemas, isCloudAudience } = options
  const path = federateFilePath(options)
  const { bytes, owner } = await read(path, options)
  const file = parseFederateFile(decode(bytes, path), { path, targetSchemas, isCloudAudience })
  const runs = file.services.some(({ auth }) => auth.method === 'token_command')
  if (runs) refuseForeign(path, owner, 'names a program to run', kind)
  return file
}

/** The absolute path of the federate.yaml that is meant, whether it exists or not. */
export function federateFilePath({ path, env, cwd }: Omit<ReadFederateFileOptions, 'targetSchemas'>): string {
  return resolve(cwd, path || env['FEDERATE_CONFIG'] || 'federate.yaml')
}

async function read(path: string, options: ReadFederateFileOptions): Promise<SmallBytes> {
  try {
    refuseSize((await stat(path)).size, path)
    return await readTrustedFile(path, kind)
  } catch (cause) {
    if (cause instanceof FederateError) throw cause
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw code === 'ENOENT' || code === 'ENOTDIR' ? missing(path, options) : configUnreadable(path, code, cause)
  }
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new FederateError({
      code: 'CONFIG_NOT_YAML',
      outcome: 'usage',
      problem: `${path} is not UTF-8 text.`,
      next: 'Save it with the encoding UTF-8, or check that it is the right file.',
      details: { path },
    })
  }
}

function missing(path: string, options: ReadFederateFileOptions): FederateError {
  const named = options.path
    ? 'named by -c'
    : options.env['FEDERATE_CONFIG']
      ? 'named by FEDERATE_CONFIG'
      : 'the default'
  return new FederateError({
    code: 'CONFIG_MISSING',
    outcome: 'usage',
    problem: `There is no file ${path} (${named}).`,
    next: 'Write one with `federate init`, or name another with -c or FEDERATE_CONFIG.',
    details: { path },
  })
}
