import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Now } from '@federate/core'
import { credentialFolder, readPrivateFile } from '@federate/core/cache'

type Environment = Readonly<Record<string, string | undefined>>

/** What was asked: the words of the command line, and where. Both decide which files are meant. */
export interface Question {
  readonly args: readonly string[]
  readonly cwd: string
  /** Of federate: another one might answer otherwise. */
  readonly version: string
}

/** What the command printed, and everything on which that depended. */
export interface Answer {
  readonly question: Question
  readonly environment: Readonly<Record<string, string | null>>
  /** The stamps of the files that were read, by path. */
  readonly files: Readonly<Record<string, string>>
  /** Milliseconds since 1970: outside of this time the answer is not given. */
  readonly from: number
  readonly until: number
  readonly output: string
}

/** A clock that was set back by more than this is not believed. */
const tolerance = 60_000

/**
 * What `federate credentials` printed last time, if it would print the same now. Nothing else of federate is loaded for
 * it: no parser, no cloud.
 */
export function knownAnswer(question: Question, environment: Environment, now: Now): string | undefined {
  const path = answerPath(question, environment)
  const answer = path === undefined ? undefined : parseAnswer(readPrivateFile(path))
  if (answer === undefined || !sameQuestion(answer.question, question)) return undefined
  const time = now()
  if (time < answer.from - tolerance || time >= answer.until) return undefined
  const asBefore =
    Object.entries(answer.environment).every(([name, value]) => (environment[name] ?? null) === value) &&
    Object.entries(answer.files).every(([file, stamp]) => fileStamp(file) === stamp)
  return asBefore ? answer.output : undefined
}

export function answerPath(question: Question, environment: Environment): string | undefined {
  const folder = credentialFolder(environment)
  return folder === undefined ? undefined : join(folder, `${quickHash(JSON.stringify(question))}.answer`)
}

/** Changes whenever the file may have: also when another one took its place. */
export function fileStamp(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch {
    return 'missing'
  }
}

/** Only finds the file, because node:crypto would cost more than the rest: the question itself is compared. */
function quickHash(text: string): string {
  let [high, low] = [0x811c9dc5, 0x01000193]
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    high = Math.imul(high ^ code, 0x01000193)
    low = Math.imul(low ^ (code + index), 0x85ebca6b)
  }
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

function sameQuestion(one: Question, other: Question): boolean {
  return JSON.stringify([one.args, one.cwd, one.version]) === JSON.stringify([other.args, other.cwd, other.version])
}

function parseAnswer(text: string | undefined): Answer | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text)
    return isAnswer(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Only this user can have written the file, so a half-written one is all there is to fear. */
function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false
  const { question, environment, files, from, until, output } = { ...emptyAnswer, ...value }
  const objects = [question, environment, files].every((one) => typeof one === 'object' && one !== null)
  return objects && typeof from === 'number' && typeof until === 'number' && typeof output === 'string'
}

const emptyAnswer = {
  question: undefined,
  environment: undefined,
  files: undefined,
  from: undefined,
  until: undefined,
  output: undefined,
}
