import type { Document } from 'yaml'
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml'
import type { Path } from '../redaction/secret-scan.ts'
import { notYaml } from './yaml-errors.ts'

/** Enough to name a value twice; what grows by aliases of aliases is refused. */
const aliasLimit = 100
/** Far more than the format needs; claims may hold any JSON. */
const depthLimit = 64

interface Position {
  readonly line: number
  readonly column: number
}

/** A YAML document with its values and where they stand. */
export interface YamlDocument {
  readonly value: unknown
  readonly document: Document.Parsed
  /** Where the key or the value at a path stands; of what is not there, where its nearest parent stands. */
  locate(path: Path, part: 'key' | 'value'): Position
  positionAt(offset: number): Position
  /** A number, truth value or text as it is written in the file, without quotes. */
  source(path: Path): string | undefined
}

/**
 * Reads one YAML 1.2 document with the core schema: no tags of others, no merge keys, keys are always text.
 *
 * @throws FederateError `CONFIG_NOT_YAML` with line and column; no text of the file is quoted.
 */
export function readYaml(text: string, path: string): YamlDocument {
  const lines = new LineCounter()
  const positionAt = (offset: number) => toPosition(lines, offset)
  const fail = (code: string, offset: number): never => {
    throw notYaml(path, { code, ...positionAt(offset) })
  }
  const document = parse(text, lines, fail)
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) fail(fault.code, fault.pos[0])
  checkAliases(document, fail)
  return {
    value: toValue(document, fail),
    document,
    positionAt,
    locate: (place, part) => positionAt(offsetOf(document, place, part)),
    source: (place) => sourceOf(document, place),
  }
}

type Fail = (code: string, offset: number) => never

function parse(text: string, lineCounter: LineCounter, fail: Fail): Document.Parsed {
  try {
    return parseDocument(text, {
      schema: 'core',
      merge: false,
      resolveKnownTags: false,
      strict: true,
      stringKeys: true,
      // Found by our own walk, which names both places and takes no quadratic time.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter,
    })
  } catch {
    return fail('TOO_DEEP', 0)
  }
}

function toValue(document: Document.Parsed, fail: Fail): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: aliasLimit })
    if (isTooDeep(value)) throw new RangeError('too deep')
    return value
  } catch (error) {
    return fail(error instanceof RangeError ? 'TOO_DEEP' : 'TOO_MANY_ALIASES', 0)
  }
}

function isTooDeep(root: unknown): boolean {
  const seen = new Map<object, number>()
  const waiting = [{ value: root, depth: 1 }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next
    if (typeof value !== 'object' || value === null || (seen.get(value) ?? 0) >= depth) continue
    if (depth > depthLimit) return true
    seen.set(value, depth)
    for (const inner of Object.values(value)) waiting.push({ value: inner, depth: depth + 1 })
  }
  return false
}

function checkAliases(document: Document.Parsed, fail: Fail): void {
  let count = 0
  for (const node of nodesOf(document.contents)) {
    if (!isAlias(node)) continue
    const offset = node.range?.[0] ?? 0
    count++
    if (count > aliasLimit) fail('TOO_MANY_ALIASES', offset)
    const range = node.resolve(document)?.range
    if (range === undefined || range === null) fail('UNKNOWN_ALIAS', offset)
    else if (range[0] <= offset && offset < range[2]) fail('CIRCULAR_ALIAS', offset)
  }
}

/** Every node below, itself included, in no recursion: a file may be nested more deeply than the stack. */
function* nodesOf(root: ParsedNode | Node | null): Generator<Node> {
  const waiting: Node[] = root === null ? [] : [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    if (isMap(node)) {
      for (const { key, value } of node.items.toReversed()) waiting.push(...[value, key].filter((one) => isNode(one)))
    } else if (isSeq(node)) {
      for (const item of node.items.toReversed()) if (isNode(item)) waiting.push(item)
    }
  }
}

function offsetOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  let node: Node | null | undefined = document.contents
  let offset = node?.range?.[0] ?? 0
  for (const [index, key] of path.entries()) {
    const step = stepInto(document, node, key)
    if (step === undefined) return offset
    const keyWanted = index < path.length - 1 || part === 'key' || step.value === undefined
    offset = (keyWanted ? step.keyOffset : undefined) ?? step.value?.range?.[0] ?? offset
    node = step.value
  }
  return offset
}

function sourceOf(document: Document.Parsed, path: Path): string | undefined {
  let node: Node | null | undefined = document.contents
  for (const key of path) node = stepInto(document, node, key)?.value
  const scalar = isAlias(node) ? node.resolve(document) : node
  return isScalar(scalar) && typeof scalar.source === 'string' ? scalar.source : undefined
}

interface Step {
  readonly keyOffset: number | undefined
  readonly value: Node | undefined
}

function stepInto(document: Document.Parsed, parent: Node | null | undefined, key: string | number): Step | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent
  if (isSeq(node) && typeof key === 'number') {
    const item = node.items[key]
    return isNode(item) ? { keyOffset: undefined, value: item } : undefined
  }
  if (!isMap(node)) return undefined
  const pair = node.items.findLast((item) => isScalar(item.key) && String(item.key.value) === String(key))
  if (pair === undefined) return undefined
  const keyOffset = isScalar(pair.key) ? pair.key.range?.[0] : undefined
  return { keyOffset, value: isNode(pair.value) ? pair.value : undefined }
}

function toPosition(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}
