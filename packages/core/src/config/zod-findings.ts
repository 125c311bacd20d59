import { z } from 'zod'
import { isHidden, type Path, valueAt } from '../redaction/secret-scan.ts'
import { nearest } from '../suggest.ts'
import type { YamlDocument } from './document.ts'
import { expectedOf } from './expected.ts'
import { describeFound, type Finding, layout } from './finding.ts'

type Issue = z.core.$ZodIssue

interface Checked<T> {
  readonly value?: T
  readonly findings: readonly Finding[]
}

/** One check of a part of the document by a schema. */
interface Check {
  readonly base: Path
  readonly yaml: YamlDocument
  /** The keys an object knows, by the list of unknown ones that its issue holds. */
  readonly known: Map<readonly string[], readonly string[]>
  readonly alsoKnown: readonly string[]
}

/**
 * Checks what stands at `base` by a schema and says what is wrong in our words. A schema's own message wins: it begins
 * with "expected" and completes "found …", or it completes a sentence that begins with the path.
 *
 * @param options.value the value, where it is not just what stands at `base`
 * @param options.alsoKnown keys that the schema does not know and that are checked elsewhere
 */
export function checkBySchema<T>(
  schema: z.ZodType<T>,
  base: Path,
  yaml: YamlDocument,
  options: { readonly value?: unknown; readonly alsoKnown?: readonly string[] } = {},
): Checked<T> {
  const check: Check = { base, yaml, known: new Map(), alsoKnown: options.alsoKnown ?? [] }
  const value = 'value' in options ? options.value : valueAt(yaml.value, base)
  const result = schema.safeParse(value, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject) {
        check.known.set(issue.keys, Object.keys(issue.inst.shape))
      }
      return ''
    },
  })
  if (result.success) return { value: result.data, findings: [] }
  return { findings: result.error.issues.flatMap((issue) => toFindings(issue, base, check)) }
}

function toFindings(issue: Issue, base: Path, check: Check): Finding[] {
  const path = [...base, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))]
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], issue.keys, check))
  if (issue.code === 'invalid_key') return [invalidName(path, issue)]
  if (issue.code === 'invalid_union' && issue.message === '' && issue.errors.length > 0) {
    const branch = nearestBranch(issue.errors)
    if (branch !== undefined) return branch.flatMap((inner) => toFindings(inner, path, check))
  }
  return [wrongValue(path, issue, check)]
}

/** The branch of a union that was probably meant: of the right type, with the fewest faults. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const possible = branches.filter(
    (issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  )
  return possible.toSorted((left, right) => left.length - right.length)[0]
}

function unknownKey(path: Path, unknown: readonly string[], check: Check): Finding {
  const known = [...(check.known.get(unknown) ?? []), ...check.alsoKnown]
  const key = String(path.at(-1))
  // In `auth: { method: …, hunter2 }` YAML takes the word for a key.
  if (path[2] === 'auth' && valueAt(check.yaml.value, path) === null) {
    const message = 'holds a key that is unknown and has no value (not shown)'
    return { code: 'UNKNOWN_KEY', path: path.slice(0, -1), message }
  }
  const suggestion = isHidden(path.slice(0, -1), check.yaml.value, layout) ? undefined : nearest(key, known)
  const hint = suggestion === undefined ? `known here: ${known.join(', ')}` : `did you mean "${suggestion}"?`
  return { code: 'UNKNOWN_KEY', path, part: 'key', message: `is an unknown key; ${hint}`, suggestion }
}

function invalidName(path: Path, issue: z.core.$ZodIssueInvalidKey): Finding {
  const inner = issue.issues[0]
  const expected = inner === undefined ? 'another name' : expectation(inner)
  return { code: 'INVALID_NAME', path, part: 'key', message: `cannot be the name here, expected ${expected}`, expected }
}

function wrongValue(path: Path, issue: Issue, check: Check): Finding {
  const value = valueAt(check.yaml.value, path)
  const expected = expectation(issue)
  if (value === undefined) return { code: 'MISSING_KEY', path, message: `is missing, expected ${expected}`, expected }
  const found = describeFound(path, check.yaml, value)
  const code = codeOf(issue)
  const own = withoutHidden(issue.message, path, value, check)
  if (own !== '' && !own.startsWith('expected ')) return { code, path, message: own, found }
  const suggestion =
    typeof value === 'string' && choicesOf(issue).length > 0 ? nearest(value, choicesOf(issue)) : undefined
  const hint = suggestion === undefined ? quoteHint(path, value, issue, check) : `; did you mean "${suggestion}"?`
  const shown = /, got /.test(own) ? own : `found ${found}, expected ${expected}`
  return { code, path, message: `${shown}${hint}`, found, expected, suggestion }
}

/** The schema's own words where it has some, without their "expected". */
function expectation(issue: Issue): string {
  return issue.message === '' ? expectedOf(issue) : issue.message.replace(/^expected /, '').replace(/, got .*$/s, '')
}

function codeOf(issue: Issue): string {
  if (issue.code === 'custom' && typeof issue.params?.['code'] === 'string') return issue.params['code']
  return issue.code === 'invalid_type' ? 'WRONG_TYPE' : 'INVALID_VALUE'
}

/** A schema's message may repeat the value, and does not know where a value must not be shown. */
function withoutHidden(message: string, path: Path, value: unknown, check: Check): string {
  if (!isHidden(path, check.yaml.value, layout) || typeof value === 'object') return message
  const text = String(value)
  return text === '' ? message : message.replaceAll(text, '(not shown)')
}

function choicesOf(issue: Issue): readonly string[] {
  const choices: readonly unknown[] =
    issue.code === 'invalid_value'
      ? issue.values
      : issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)
        ? issue.options
        : []
  return choices.filter((choice) => typeof choice === 'string')
}

/** A number where a text is expected is mostly an account or an id that lacks its quotes. */
function quoteHint(path: Path, value: unknown, issue: Issue, check: Check): string {
  const scalar = typeof value === 'number' || typeof value === 'boolean'
  if (issue.code !== 'invalid_type' || issue.expected !== 'string' || !scalar) return ''
  if (isHidden(path, check.yaml.value, layout)) return '; put it in quotes'
  const written = check.yaml.source(path) ?? String(value)
  const zeros = /^0\d|^\d{6}/.test(written) ? ', because YAML drops the zeros at the beginning of a number' : ''
  return `; put it in quotes: "${written}"${zeros}`
}
