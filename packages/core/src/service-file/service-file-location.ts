import { readdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { FederateError } from '../errors.ts'
import { FileTooLarge } from '../files/small-file.ts'
import { readTrustedFile, refuseForeign, type TrustedKind } from '../files/trusted-file.ts'
import { nearest } from '../suggest.ts'
import type { ServiceFile } from './service.ts'
import { parseServiceFile } from './service-file.ts'

const suffix = '.federate.json'
const serviceName = /^[a-z0-9][a-z0-9._-]{0,62}$/

export interface ServiceFileQuestion {
  /** What `-s` names: a path, or the name of a service whose file is in the current folder. */
  readonly path?: string | undefined
  /** `FEDERATE_SERVICE` is asked when `path` is not given; it may hold the same, or a folder to look in instead of `cwd`. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The current folder, absolute. */
  readonly cwd: string
}

/**
 * Finds the service file: `-s`, else `FEDERATE_SERVICE`, else the only `*.federate.json` in the current folder. A name
 * without a slash that does not end in `.json` is a service's: `billing` means `billing.federate.json`. Where
 * `FEDERATE_SERVICE` is a folder, files are looked for there instead of in the current one.
 *
 * @returns its absolute path; a path that was named is not checked here.
 * @throws FederateError (usage) `SERVICE_FILE_MISSING` when nothing is named and none is there, `SERVICE_FILE_AMBIGUOUS`
 *   when several are.
 */
export async function resolveServiceFile({ path, env, cwd }: ServiceFileQuestion): Promise<string> {
  if (path && !isServiceName(path)) return resolve(cwd, path)
  const folder = await serviceFolder({ env, cwd })
  const named = path || (folder === undefined ? env['FEDERATE_SERVICE'] : undefined)
  if (named) return resolve(folder ?? cwd, isServiceName(named) ? `${named}${suffix}` : named)
  return onlyFileIn(folder ?? cwd)
}

/** The folder that `FEDERATE_SERVICE` names, if it names one. */
export async function serviceFolder({ env, cwd }: Omit<ServiceFileQuestion, 'path'>): Promise<string | undefined> {
  const named = env['FEDERATE_SERVICE']
  if (!named || isServiceName(named) || named.endsWith('.json')) return undefined
  const folder = resolve(cwd, named)
  const found = await stat(folder).catch(() => undefined)
  return found?.isDirectory() === true ? folder : undefined
}

async function onlyFileIn(folder: string): Promise<string> {
  const files = await serviceFilesIn(folder)
  const [only] = files
  if (only === undefined) throw noneIn(folder)
  if (files.length > 1) throw severalIn(folder, files)
  return resolve(folder, only)
}

const kind: TrustedKind = {
  prefix: 'SERVICE_FILE',
  title: 'The service file',
  power: 'says where secrets are sent',
  closedTo: 'everybody',
}

/**
 * Reads and checks a service file. Whoever writes it decides where secrets are sent, and by `token_command` what is run: see
 * `readTrustedFile`.
 *
 * @throws FederateError (usage) `SERVICE_FILE_MISSING`, `SERVICE_FILE_UNREADABLE`, `SERVICE_FILE_WRITABLE`,
 *   `SERVICE_FILE_FOLDER_OPEN`, `SERVICE_FILE_FOREIGN`, or as `parseServiceFile`.
 */
export async function readServiceFile(path: string): Promise<ServiceFile> {
  const { bytes, owner } = await readTrustedFile(path, kind).catch(async (cause: unknown) => {
    throw await unread(path, cause)
  })
  const file = parseServiceFile(new TextDecoder().decode(bytes), path)
  if (file.auth.method === 'token_command') refuseForeign(path, owner, 'names a program to run', kind)
  return file
}

async function unread(path: string, cause: unknown): Promise<unknown> {
  if (cause instanceof FederateError) return cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  if (code === 'ENOENT' || code === 'ENOTDIR') return missing(path)
  return new FederateError({
    code: 'SERVICE_FILE_UNREADABLE',
    outcome: 'usage',
    problem: `The service file ${path} could not be read (${cause instanceof FileTooLarge ? cause.message : code}).`,
    next: 'Give a file that this user may read.',
    details: { path, systemCode: code },
    cause,
  })
}

function isServiceName(text: string): boolean {
  return serviceName.test(text) && !text.endsWith('.json')
}

/** A folder that cannot be listed holds no service file that could be read. */
async function serviceFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => name.endsWith(suffix) && name !== suffix).sort()
}

const howToGetOne = 'Run `federate setup` where federate.yaml is: it writes the file for this host.'

async function missing(path: string): Promise<FederateError> {
  const folder = dirname(path)
  const others = (await serviceFilesIn(folder)).map((name) => resolve(folder, name))
  const meant = nearest(
    path.slice(folder.length),
    others.map((other) => other.slice(folder.length)),
  )
  const hint = meant === undefined ? '' : ` Did you mean ${folder}${meant}?`
  return new FederateError({
    code: 'SERVICE_FILE_MISSING',
    outcome: 'usage',
    problem: `There is no service file ${path}.${hint}`,
    next: `Name another with -s or FEDERATE_SERVICE. ${howToGetOne}`,
    details: { path, others },
  })
}

function noneIn(folder: string): FederateError {
  return new FederateError({
    code: 'SERVICE_FILE_MISSING',
    outcome: 'usage',
    problem: `No service is named, and there is no *${suffix} in ${folder}.`,
    next: `Name the service file with -s or FEDERATE_SERVICE. ${howToGetOne}`,
    details: { folder },
  })
}

function severalIn(folder: string, files: readonly string[]): FederateError {
  return new FederateError({
    code: 'SERVICE_FILE_AMBIGUOUS',
    outcome: 'usage',
    problem: `No service is named, and there are ${files.length} service files in ${folder}: ${files.join(', ')}.`,
    next: `Name one with -s or FEDERATE_SERVICE, such as -s ${files[0]}.`,
    details: { folder, files },
  })
}
