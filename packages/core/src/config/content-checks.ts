import { isMap, isNode, isScalar, isSeq, type Node } from 'yaml'
import { describeKey } from '../describe-value.ts'
import { findSecrets, isUrlWithUserInfo, type Path, valueAt } from '../redaction/secret-scan.ts'
import { nearest } from '../suggest.ts'
import type { YamlDocument } from './document.ts'
import { type Finding, layout } from './finding.ts'

/** Values that stand in the file and belong elsewhere. They are never shown. */
export function secretFindings(value: unknown): Finding[] {
  const reference = 'where the service finds it: { file: <path> } or { env: <name of a variable> }'
  return findSecrets(value, layout).map((path) => {
    const place = valueAt(value, path)
    const ofUrl = isUrlWithUserInfo(path, place, layout)
    const expected = ofUrl ? 'a URL without user and password' : reference
    const misspelt = ofUrl ? undefined : misspeltReference(place)
    if (misspelt !== undefined) return { code: 'UNKNOWN_KEY', path, expected, ...misspelt }
    const advice = ofUrl ? 'take user and password out of the URL' : `say ${reference}`
    return { code: 'SECRET_IN_FILE', path, expected, message: `a secret does not belong in federate.yaml; ${advice}` }
  })
}

/** A key that is nearly one of the two that say where a secret is. What stands behind it is not shown all the same. */
function misspeltReference(place: unknown): Pick<Finding, 'message' | 'suggestion'> | undefined {
  if (typeof place !== 'object' || place === null) return undefined
  const [key = '', ...others] = Object.keys(place)
  const suggestion = others.length === 0 ? nearest(key, ['file', 'env']) : undefined
  if (suggestion === undefined) return undefined
  return { suggestion, message: `has the unknown key ${describeKey(key)}; did you mean "${suggestion}"?` }
}

/** What YAML allows and a JSON value cannot hold: the same key twice, numbers that are not kept exactly. */
export function contentFindings(yaml: YamlDocument): Finding[] {
  return walk([], yaml.document.contents, yaml)
}

function walk(path: Path, node: Node | null, yaml: YamlDocument): Finding[] {
  if (isSeq(node)) return node.items.flatMap((item, index) => (isNode(item) ? walk([...path, index], item, yaml) : []))
  if (isScalar(node)) return isExact(node.value) ? [] : [inexact(path)]
  if (!isMap(node)) return []
  const first = new Map<string, number>()
  return node.items.flatMap(({ key, value }) => {
    if (!isScalar(key)) return []
    const name = String(key.value)
    const offset = key.range?.[0] ?? 0
    const earlier = first.get(name)
    if (earlier !== undefined) return [duplicate([...path, name], yaml.positionAt(earlier).line)]
    first.set(name, offset)
    const below = isNode(value) ? walk([...path, name], value, yaml) : []
    return name === '__proto__' ? [forbidden([...path, name])] : below
  })
}

function isExact(value: unknown): boolean {
  if (typeof value !== 'number') return true
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)
}

function inexact(path: Path): Finding {
  const message = 'is a number that cannot be kept exactly; put it in quotes'
  return { code: 'INVALID_VALUE', path, message }
}

function duplicate(path: Path, firstLine: number): Finding {
  const message = `is given twice, the first time in line ${firstLine}; keep one`
  return { code: 'DUPLICATE_KEY', path, part: 'key', message }
}

function forbidden(path: Path): Finding {
  return { code: 'UNKNOWN_KEY', path, part: 'key', message: `${describeKey('__proto__')} cannot be used as a key` }
}
