import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { FederateError } from '../errors.ts'
import type { SmallBytes } from '../files/small-file.ts'
import { readTrustedFile, refuseForeign, type TrustedKind } from '../files/trusted-file.ts'
import type { Seconds } from '../units.ts'
import { type AgentFileOptions, agentFindings, type KnownServices } from './agent-file-checks.ts'
import { agentFileSchema, type OutputInput } from './agent-file-schema.ts'
import { contentFindings } from './content-checks.ts'
import { readYaml } from './document.ts'
import { refuseSize } from './federate-file.ts'
import { toProblems } from './finding.ts'
import { configInvalid, configUnreadable } from './problem.ts'
import { checkBySchema } from './zod-findings.ts'

/** A file that the agent shall keep fresh. */
export interface OutputWish {
  /** Absolute. */
  readonly path: string
  readonly service: string
  /** Either the name of a target, or an audience: then the file holds the issuer's token. */
  readonly of: { readonly target: string } | { readonly audience: string }
  readonly format: string
  /** For formats with profiles. */
  readonly profile: string
  readonly mode: number
  readonly user?: string | number
  readonly group?: string | number
  readonly onChange?: OnChange
  /** Where it stands, for messages: `/etc/federate/federate.agent.yaml:3`. */
  readonly place: string
}

/** What is done when a file has changed; paths are absolute. */
export type OnChange =
  | { readonly command: readonly string[]; readonly timeout: Seconds; readonly directory: string }
  | { readonly signal: OnChangeSignal; readonly pidFile: string }

export type OnChangeSignal = Extract<NonNullable<OutputInput['onChange']>, { readonly signal: string }>['signal']

export interface AgentFile {
  readonly outputs: readonly OutputWish[]
}

const kind: TrustedKind = {
  prefix: 'CONFIG',
  title: '',
  power: 'names programs that the agent runs',
  closedTo: 'all others',
}

/**
 * Reads federate.agent.yaml: which files the agent keeps fresh, for whom, and who is told. Whoever writes it decides what the
 * agent runs and signals: see `readTrustedFile`.
 *
 * @throws FederateError (usage) `CONFIG_MISSING`, `CONFIG_UNREADABLE`, `CONFIG_WRITABLE`, `CONFIG_FOLDER_OPEN`,
 *   `CONFIG_FOREIGN`, or as `parseAgentFile`.
 */
export async function readAgentFile(options: AgentFileOptions): Promise<AgentFile> {
  const { path } = options
  const { bytes, owner } = await read(path)
  const file = parseAgentFile(new TextDecoder().decode(bytes), options)
  const acts = file.outputs.some(({ onChange }) => onChange !== undefined)
  if (acts) refuseForeign(path, owner, 'names programs to run or to signal', kind)
  return file
}

/**
 * Checks the text of federate.agent.yaml.
 *
 * @throws FederateError (usage) `CONFIG_INVALID` with all problems in `details.problems`, `CONFIG_NOT_YAML`.
 */
export function parseAgentFile(text: string, options: AgentFileOptions): AgentFile {
  const { path, services } = options
  const yaml = readYaml(text, path)
  const { findings, value } = checkBySchema(agentFileSchema, [], yaml)
  const own = value === undefined ? [] : agentFindings(value.outputs, options)
  const all = [...contentFindings(yaml), ...findings, ...own]
  if (value === undefined || all.length > 0) throw configInvalid(path, toProblems(all, yaml))
  return {
    outputs: value.outputs.map((output, index) => {
      const place = `${path}:${yaml.locate(['outputs', index], 'value').line}`
      return toWish(output, dirname(path), place, services)
    }),
  }
}

function toWish(output: OutputInput, directory: string, place: string, services: KnownServices): OutputWish {
  const { path, service, target, audience, format, profile = service, mode, user, group, onChange } = output
  const [only = ''] = services.get(service)?.keys() ?? []
  return {
    path: resolve(directory, path),
    service,
    of: audience === undefined ? { target: target ?? only } : { audience },
    format,
    profile,
    mode,
    ...(user === undefined ? {} : { user }),
    ...(group === undefined ? {} : { group }),
    ...(onChange === undefined ? {} : { onChange: toAction(onChange, directory) }),
    place,
  }
}

function toAction(action: NonNullable<OutputInput['onChange']>, directory: string): OnChange {
  return 'command' in action ? { ...action, directory } : { ...action, pidFile: resolve(directory, action.pidFile) }
}

async function read(path: string): Promise<SmallBytes> {
  try {
    refuseSize((await stat(path)).size, path)
    return await readTrustedFile(path, kind)
  } catch (cause) {
    if (cause instanceof FederateError) throw cause
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw code === 'ENOENT' || code === 'ENOTDIR' ? missing(path) : configUnreadable(path, code, cause)
  }
}

function missing(path: string): FederateError {
  return new FederateError({
    code: 'CONFIG_MISSING',
    outcome: 'usage',
    problem: `There is no file ${path}, which should say what files the agent keeps fresh.`,
    next: 'Correct the name; without any, the agent lends and writes no files.',
    details: { path },
  })
}
