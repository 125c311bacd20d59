import { type CelInput, type CelValue, celMap, isCelError, isCelList, isCelMap, parse, plan } from '@bufbuild/cel'
import { environment } from './environment.ts'
import { type Parts, partsOf } from './syntax.ts'

/** What an expression came to: a value of JSON's kinds, something else that only its type is known of, or no value. */
export type Evaluation =
  | { readonly kind: 'value'; readonly type: ValueType; readonly value: unknown }
  | { readonly kind: 'error'; readonly reason: string }

/** Types in the words of Google's messages. */
export type ValueType = 'STRING' | 'BOOL' | 'INT' | 'DOUBLE' | 'NULL' | 'LIST' | 'MAP' | 'OTHER'

/** A CEL expression that was parsed once and can be evaluated often. */
export interface Expression extends Parts {
  evaluate(variables: Readonly<Record<string, unknown>>): Evaluation
}

/** A text that is no CEL expression. */
export class MalformedExpression extends Error {}

// Whoever judges many tokens mostly judges them by few providers; more than these are compiled again.
const most = 256
const compiled = new Map<string, Expression | MalformedExpression>()

/** Parses an expression, or finds it parsed before. */
export function compileExpression(text: string): Expression | MalformedExpression {
  const known = compiled.get(text)
  if (known !== undefined) return known
  if (compiled.size === most) compiled.clear()
  const made = compile(text)
  compiled.set(text, made)
  return made
}

function compile(text: string): Expression | MalformedExpression {
  try {
    // A comment ends with its line (google/cel-spec, "Grammar"); the library wants to see that end.
    const { expr: expression } = parse(`${text}\n`)
    if (expression === undefined) return new MalformedExpression('it is empty')
    const parts = partsOf(expression)
    const run = plan(environment, expression)
    return { ...parts, evaluate: (variables) => evaluation(run(bindings(variables))) }
  } catch (error) {
    // The parser's first line says where; what follows repeats the expression.
    const [problem = 'it cannot be parsed'] = (error instanceof Error ? error.message : String(error)).split('\n')
    return new MalformedExpression(problem.replace(/^<input>:/, ''))
  }
}

function bindings(variables: Readonly<Record<string, unknown>>): Record<string, CelInput> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, input(value)]))
}

/** JSON as CEL sees it: every number is a double, as in google.protobuf.Value. */
function input(value: unknown): CelInput {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(input)
  if (typeof value === 'object' && value !== null) return map(value)
  return null
}

// Each mapping and the condition read the same claims.
const converted = new WeakMap<object, CelInput>()

/** A key with null is there (google/cel-spec, "has"); the library's maps say that it is not. */
function map(value: object): CelInput {
  const known = converted.get(value)
  if (known !== undefined) return known
  const fields = new Map(Object.entries(value).map(([name, field]) => [name, input(field)]))
  const made = Object.assign(celMap(fields), { has: (key: unknown) => typeof key === 'string' && fields.has(key) })
  converted.set(value, made)
  return made
}

function evaluation(result: CelValue | Error): Evaluation {
  if (isCelError(result)) return { kind: 'error', reason: result.message }
  if (result instanceof Error) return { kind: 'error', reason: result.message }
  return { kind: 'value', ...output(result) }
}

function output(value: CelValue): { type: ValueType; value: unknown } {
  if (typeof value === 'string') return { type: 'STRING', value }
  if (typeof value === 'boolean') return { type: 'BOOL', value }
  if (typeof value === 'bigint') return { type: 'INT', value }
  if (typeof value === 'number') return { type: 'DOUBLE', value }
  if (value === null) return { type: 'NULL', value }
  if (isCelList(value)) return { type: 'LIST', value: [...value].map((one) => output(one).value) }
  return { type: isCelMap(value) ? 'MAP' : 'OTHER', value: undefined }
}
