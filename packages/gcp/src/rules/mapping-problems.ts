import { compileExpression, MalformedExpression } from './cel/expression.ts'
import { functionStanding } from './cel/functions.ts'
import type { Reference } from './cel/syntax.ts'
import type { ProviderState } from './provider.ts'
import type { ProviderProblem } from './provider-problem.ts'

/** What IAM takes of mappings and conditions (IAM REST reference, WorkloadIdentityPoolProvider). */
export const mappingLimits = {
  subjectBytes: 127,
  customAttributes: 50,
  keyCharacters: 100,
  expressionCharacters: 2048,
  totalBytes: 8192,
  conditionBytes: 4096,
} as const

const customKey = /^attribute\.[a-z0-9_]+$/

/** Why IAM would not store these attribute mappings. */
export function mappingProblems({ attributeMapping }: ProviderState): readonly ProviderProblem[] {
  const keys = Object.keys(attributeMapping)
  const custom = keys.filter((key) => key.startsWith('attribute.'))
  const problems: ProviderProblem[] = []
  if (!keys.includes('google.subject'))
    problems.push(mapping('google.subject is not mapped.', 'Map it: google.subject=assertion.sub.'))
  if (custom.length > mappingLimits.customAttributes)
    problems.push(
      mapping(
        `${custom.length} custom attributes are mapped, and Google takes ${mappingLimits.customAttributes}.`,
        'Map only what conditions and bindings use.',
      ),
    )
  for (const [key, text] of Object.entries(attributeMapping)) problems.push(...entryProblems(key, text))
  return problems
}

function entryProblems(key: string, text: string): readonly ProviderProblem[] {
  if (key !== 'google.subject' && key !== 'google.groups' && !isCustomKey(key))
    return [
      mapping(
        `The attribute ${key} cannot be mapped.`,
        'Use google.subject, google.groups, or attribute.<name> with up to 100 of a-z, 0-9 and _.',
      ),
    ]
  const most = mappingLimits.expressionCharacters
  if (text.length > most)
    return [mapping(`The mapping of ${key} has ${text.length} characters, and Google takes ${most}.`, 'Shorten it.')]
  return expressionProblems(`attributeMapping`, `The mapping of ${key}`, text, ['assertion'])
}

function isCustomKey(key: string): boolean {
  return customKey.test(key) && key.length - 'attribute.'.length <= mappingLimits.keyCharacters
}

/** Why IAM would not store this attribute condition. */
export function conditionProblems(provider: ProviderState): readonly ProviderProblem[] {
  const text = provider.attributeCondition
  if (text === undefined || text === '') return []
  const bytes = Buffer.byteLength(text)
  if (bytes > mappingLimits.conditionBytes)
    return [
      condition(
        `The condition has ${bytes} bytes, and Google takes ${mappingLimits.conditionBytes}.`,
        'Have the issuer put what it asks into one claim, and ask for that.',
      ),
    ]
  const problems = expressionProblems('attributeCondition', 'The condition', text, ['assertion', 'google', 'attribute'])
  return problems.length > 0 ? problems : unmapped(text, provider)
}

function expressionProblems(
  field: string,
  what: string,
  text: string,
  variables: readonly string[],
): readonly ProviderProblem[] {
  const expression = compileExpression(text)
  if (expression instanceof MalformedExpression)
    return [
      {
        field,
        problem: `${what} is no CEL expression, at ${expression.message}`,
        next: 'Correct it; texts stand in quotes, and an empty one is no expression.',
      },
    ]
  const unknown = [...expression.functions].filter((name) => functionStanding(name) === 'unknown')
  if (unknown.length > 0)
    return [
      {
        field,
        problem: `${what} uses ${unknown.join(', ')}, which is no function.`,
        next: 'Use the functions of CEL, or extract, split and join.',
      },
    ]
  const undeclared = new Set(
    expression.references.map(({ path }) => path[0] ?? '').filter((name) => !isDeclared(name, variables)),
  )
  if (undeclared.size === 0) return []
  return [
    {
      field,
      problem: `${what} reads ${[...undeclared].join(', ')}, which is not there.`,
      next: `Begin with ${variables.join(', ')}; texts stand in quotes.`,
    },
  ]
}

// Types are values in CEL: type(x) == string.
const types = ['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint']

function isDeclared(name: string, variables: readonly string[]): boolean {
  return variables.includes(name) || types.includes(name)
}

/** Every attribute in a condition must be mapped (Configure WIF with deployment pipelines, "Define an attribute condition"). */
function unmapped(text: string, { attributeMapping }: ProviderState): readonly ProviderProblem[] {
  const expression = compileExpression(text)
  if (expression instanceof MalformedExpression) return []
  const missing = new Set(expression.references.flatMap((reference) => targetOf(reference) ?? []))
  const absent = [...missing].filter((key) => !(key in attributeMapping))
  if (absent.length === 0) return []
  return [
    condition(
      `The condition asks for ${absent.join(', ')}, which is not mapped.`,
      'Add a mapping for it, or ask for the claim itself: assertion.<claim>.',
    ),
  ]
}

function targetOf({ path }: Reference): string | undefined {
  const [root, name] = path
  return (root === 'attribute' || root === 'google') && name !== undefined ? `${root}.${name}` : undefined
}

function mapping(problem: string, next: string): ProviderProblem {
  return { field: 'attributeMapping', problem, next }
}

function condition(problem: string, next: string): ProviderProblem {
  return { field: 'attributeCondition', problem, next }
}
