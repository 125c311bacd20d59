import { dirname, resolve } from 'node:path'
import { describeValue } from '../describe-value.ts'
import { nearest } from '../suggest.ts'
import type { OutputInput } from './agent-file-schema.ts'
import type { Finding } from './finding.ts'

/** What is known of a format. */
export interface KnownFormat {
  /** Whether a file may hold several profiles. */
  readonly profiles?: boolean
}

/** The formats of each target, by name: of each service, by name. */
export type KnownServices = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, KnownFormat>>>

/** How the issuer's token for an own API can be kept in a file. */
export const tokenFormats: ReadonlyMap<string, KnownFormat> = new Map([
  ['token', {}],
  ['json', {}],
])

export interface AgentFileOptions {
  /** Absolute path of the file: for messages, and relative paths in the file start at its folder. */
  readonly path: string
  /** What the agent lends: files can be made of that only. */
  readonly services: KnownServices
  /** Absolute paths of files that the agent reads: nothing is written over them. */
  readonly reserved: readonly string[]
}

/** What a schema cannot see: whether services, targets and formats are there, and whether two outputs collide. */
export function agentFindings(outputs: readonly OutputInput[], options: AgentFileOptions): Finding[] {
  return [
    ...outputs.flatMap((output, index) => outputFindings(output, ['outputs', index], options.services)),
    ...collisions(outputs, options),
  ]
}

function outputFindings(output: OutputInput, base: Finding['path'], services: KnownServices): Finding[] {
  const { service, target, audience, format, profile } = output
  const targets = services.get(service)
  if (targets === undefined) return [unknown([...base, 'service'], service, [...services.keys()])]
  const names = [...targets.keys()]
  if (target !== undefined && audience !== undefined) {
    const message = 'cannot stand beside target: a file holds the credentials of a target or a token for an audience'
    return [{ code: 'CONFLICTING_KEYS', path: [...base, 'audience'], part: 'key', message }]
  }
  if (target === undefined && audience === undefined && names.length !== 1) {
    const expected = names.length === 0 ? 'an audience' : `a target (${names.join(' or ')}) or an audience`
    return [
      { code: 'MISSING_KEY', path: base, message: `does not say what is in the file, expected ${expected}`, expected },
    ]
  }
  const formats = formatsOf(output, services)
  if (formats === undefined) return [unknown([...base, 'target'], target ?? '', names)]
  const known = formats.get(format)
  if (known === undefined) return [unknown([...base, 'format'], format, [...formats.keys()])]
  if (profile === undefined || known.profiles === true) return []
  const message = `has no place in the format ${format}; leave it out`
  return [{ code: 'UNKNOWN_KEY', path: [...base, 'profile'], part: 'key', message }]
}

/** The formats in which an output can be written; nothing where it names no target that is there. */
function formatsOf({ service, target, audience }: OutputInput, services: KnownServices) {
  const targets = services.get(service)
  const [only = ''] = targets?.keys() ?? []
  return audience === undefined ? targets?.get(target ?? only) : tokenFormats
}

/** Two outputs in one file would take turns, unless each has a profile of its own there. */
function collisions(outputs: readonly OutputInput[], { path, services, reserved }: AgentFileOptions): Finding[] {
  const place = (output: OutputInput) => {
    const profiles = formatsOf(output, services)?.get(output.format)?.profiles === true
    const profile = profiles ? (output.profile ?? output.service) : undefined
    return { file: resolve(dirname(path), output.path), profile }
  }
  const places = outputs.map(place)
  return places.flatMap(({ file, profile }, index) => {
    const taken = places.findIndex((one, other) => {
      const sharable = profile !== undefined && one.profile !== undefined && profile !== one.profile
      return other < index && one.file === file && !sharable
    })
    const holder = [path, ...reserved].includes(file) ? 'a file that the agent reads' : `the file of outputs[${taken}]`
    if (taken === -1 && holder.startsWith('the file')) return []
    const message = `is ${holder} already; name another one`
    return [{ code: 'PATH_TAKEN', path: ['outputs', index, 'path'], message }]
  })
}

function unknown(path: Finding['path'], found: string, known: readonly string[]): Finding {
  const expected = known.length === 0 ? 'nothing: the agent has none' : known.join(' or ')
  const suggestion = nearest(found, known)
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`
  const shown = describeValue(found)
  return {
    code: 'INVALID_VALUE',
    path,
    message: `found ${shown}, expected ${expected}${hint}`,
    found: shown,
    expected,
    suggestion,
  }
}
