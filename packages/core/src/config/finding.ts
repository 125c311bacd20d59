import { describeKind, describePath, describeValue } from '../describe-value.ts'
import { isHidden, type Layout, type Path, shownPath, valueAt } from '../redaction/secret-scan.ts'
import type { YamlDocument } from './document.ts'
import type { ConfigProblem } from './problem.ts'

/** A problem before its place in the text is known. */
export interface Finding {
  readonly code: string
  readonly path: Path
  /** Whether the key itself is at fault or its value. Default: `value`. */
  readonly part?: 'key' | 'value'
  readonly message: string
  readonly found?: string
  readonly expected?: string
  readonly suggestion?: string | undefined
}

/** Which keys of federate.yaml are names, and which are places that say where a secret is found. */
export const layout: Layout = {
  isName(path, value) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    if (path.length === 2) return path[0] === 'services' || path[0] === 'issuers' || path[0] === 'apis'
    return path.length === 4 && path[0] === 'services' && path[2] === 'targets'
  },
  isReference(path) {
    if (path.length !== 4 || path[0] !== 'services' || path[2] !== 'auth') return false
    return ['secret', 'key', 'passphrase', 'certificate'].includes(String(path[3]))
  },
}

/** Turns findings into problems: each with its place, one for each path, none below a secret that is refused as such. */
export function toProblems(findings: readonly Finding[], yaml: YamlDocument): ConfigProblem[] {
  const secrets = findings.filter(({ code }) => code === 'SECRET_IN_FILE').map(({ path }) => path)
  const hide = hider(secrets.map((secret) => valueAt(yaml.value, secret)))
  const seen = new Set<string>()
  return findings.flatMap((finding) => {
    const key = JSON.stringify(finding.path)
    const below = secrets.some((secret) => secret !== finding.path && startsWith(finding.path, secret))
    if (seen.has(key) || below) return []
    seen.add(key)
    return [toProblem(finding, yaml, hide)]
  })
}

/** What stands at a path, as a message may show it. Numbers as they are written, because a parser drops leading zeros. */
export function describeFound(path: Path, yaml: YamlDocument, value: unknown): string {
  if (isHidden(path, yaml.value, layout)) return `${describeKind(value)} (not shown)`
  if (typeof value !== 'number') return describeValue(value)
  return `${yaml.source(path) ?? value} (a number)`
}

function toProblem(finding: Finding, yaml: YamlDocument, hide: (text: string) => string): ConfigProblem {
  const { code, path, part, message, found, expected, suggestion } = finding
  return {
    code,
    path: hide(describePath(shownPath(path, yaml.value, layout))),
    ...yaml.locate(path, part ?? 'value'),
    message: hide(message),
    ...(found === undefined ? {} : { found: hide(found) }),
    ...(expected === undefined ? {} : { expected }),
    ...(suggestion === undefined ? {} : { suggestion }),
  }
}

/** A secret may stand in a second place that does not look like one, by an alias or by copying. */
function hider(secrets: readonly unknown[]): (text: string) => string {
  const texts = secrets.filter((secret) => typeof secret === 'string' && secret.length >= shortestHidden).map(String)
  return (text) => texts.reduce((rest, secret) => rest.replaceAll(secret, '(not shown)'), text)
}

/** Shorter ones are parts of ordinary words. */
const shortestHidden = 6

function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((key, index) => path[index] === key)
}
