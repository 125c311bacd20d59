import { FederateError } from '../errors.ts'

/** One thing that is wrong in federate.yaml, as `--json` shows it. */
export interface ConfigProblem {
  /** What kind of problem, upper snake case and stable. */
  readonly code: string
  /** The place in the file's structure: `services.billing.targets.s3.account`; empty for the file as a whole. */
  readonly path: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** What is wrong, as the end of a sentence that begins with the path. */
  readonly message: string
  /** What stands there, where it is short and no secret. */
  readonly found?: string
  readonly expected?: string
  /** What was probably meant. */
  readonly suggestion?: string
}

/** All problems of a file in one error, in the order of the file. */
export function configInvalid(path: string, problems: readonly ConfigProblem[]): FederateError {
  const ordered = [...problems].sort((left, right) => left.line - right.line || left.column - right.column)
  const count = ordered.length === 1 ? 'a problem' : `${ordered.length} problems`
  const lines = ordered.map((problem) => `  ${renderProblem(path, problem)}`)
  return new FederateError({
    code: 'CONFIG_INVALID',
    outcome: 'usage',
    problem: `${path} has ${count}:\n${lines.join('\n')}`,
    next: ordered.some(({ code }) => code === 'SECRET_IN_FILE') ? nextAfterSecret : nextStep,
    details: { path, problems: ordered },
  })
}

const nextStep = 'Correct the file and run the command again.'
const nextAfterSecret = `${nextStep} If others could read the file, replace the secret that stands in it.`

function renderProblem(path: string, problem: ConfigProblem): string {
  const place = `${path}:${problem.line}:${problem.column}`
  const text = problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`
  return `${place} ${text}${/[.?]$/.test(text) ? '' : '.'}`
}

/** A file of the administrator's or the host's that is there and cannot be read. */
export function configUnreadable(path: string, code: string, cause: unknown): FederateError {
  return new FederateError({
    code: 'CONFIG_UNREADABLE',
    outcome: 'usage',
    problem: `${path} could not be read (${code}).`,
    next: 'Give a file that this user may read.',
    details: { path, systemCode: code },
    cause,
  })
}
