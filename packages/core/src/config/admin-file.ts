import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { type ZodType, z } from 'zod'
import { FederateError } from '../errors.ts'
import { readTrustedFile, type TrustedKind } from '../files/trusted-file.ts'
import { readYaml } from './document.ts'
import { refuseSize } from './federate-file.ts'
import { toProblems } from './finding.ts'
import { configInvalid, configUnreadable } from './problem.ts'
import { checkBySchema } from './zod-findings.ts'

export interface ReadAdminFileOptions {
  /** What `--admin` names, relative to `cwd`. Default: `FEDERATE_ADMIN`, else `federate.admin.yaml` beside federate.yaml. */
  readonly path?: string | undefined
  /** Absolute path of federate.yaml. */
  readonly federateFile: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** The schema of each cloud's part, by the cloud's name. */
  readonly schemas: ReadonlyMap<string, ZodType>
}

/** Each cloud's part of the file, by the cloud's name. */
export type AdminFile = ReadonlyMap<string, unknown>

const kind: TrustedKind = {
  prefix: 'CONFIG',
  title: '',
  power: 'says how an administrator reaches the clouds',
  closedTo: 'everybody',
}

/**
 * Reads federate.admin.yaml: how this administrator reaches the clouds. It is apart from federate.yaml, because every
 * administrator reaches them in another way. Where nobody named one, none need be there.
 *
 * @throws FederateError (usage) `CONFIG_MISSING`, `CONFIG_UNREADABLE`, `CONFIG_WRITABLE`, `CONFIG_FOLDER_OPEN`,
 *   `CONFIG_FOREIGN` (see `readTrustedFile`), `CONFIG_INVALID`, `CONFIG_NOT_YAML`, `CONFIG_TOO_LARGE`.
 */
export async function readAdminFile(options: ReadAdminFileOptions): Promise<AdminFile> {
  const named = options.path || options.env['FEDERATE_ADMIN']
  const path = named ? resolve(options.cwd, named) : join(dirname(options.federateFile), 'federate.admin.yaml')
  const text = await textOf(path)
  if (text === undefined && named) throw missing(path)
  return text === undefined ? new Map() : parse(text, path, options.schemas)
}

/** The text of a federate.admin.yaml with these parts, by the clouds' names. */
export function adminFileText(parts: Readonly<Record<string, unknown>>): string {
  return stringify({ version: 1, ...parts }, { schema: 'core', lineWidth: 0 })
}

function parse(text: string, path: string, schemas: ReadAdminFileOptions['schemas']): AdminFile {
  const yaml = readYaml(text, path)
  const parts = Object.fromEntries([...schemas].map(([cloud, schema]) => [cloud, schema.exactOptional()]))
  const { findings, value } = checkBySchema(z.strictObject({ version: z.literal(1), ...parts }), [], yaml)
  if (findings.length > 0) throw configInvalid(path, toProblems(findings, yaml))
  return new Map(Object.entries({ ...value }).filter(([name]) => schemas.has(name)))
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    refuseSize((await stat(path)).size, path)
    return new TextDecoder().decode((await readTrustedFile(path, kind)).bytes)
  } catch (cause) {
    if (cause instanceof FederateError) throw cause
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    if (code === 'ENOENT') return undefined
    throw configUnreadable(path, code, cause)
  }
}

function missing(path: string): FederateError {
  return new FederateError({
    code: 'CONFIG_MISSING',
    outcome: 'usage',
    problem: `There is no file ${path} (named by --admin or FEDERATE_ADMIN).`,
    next: 'Correct the name, or leave it out to use the default credentials of each cloud.',
    details: { path },
  })
}
