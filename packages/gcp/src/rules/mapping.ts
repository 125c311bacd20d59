import type { JwtClaims } from '@federate/core'
import { compileExpression, type Evaluation, MalformedExpression } from './cel/expression.ts'
import type { ProviderState } from './provider.ts'
import type { AcceptanceQuestion } from './question.ts'

/** What the mappings of a provider make of a token: each attribute's value, or why there is none. */
export type MappedAttributes = ReadonlyMap<string, Evaluation>

// Several rules ask for the mapping of the same question.
const known = new WeakMap<AcceptanceQuestion, MappedAttributes>()

/** The attributes of a question's token. Empty without a provider. */
export function mappedAttributes(question: AcceptanceQuestion): MappedAttributes {
  const before = known.get(question)
  if (before !== undefined) return before
  const mapped = mapAttributes(question.provider, question.token.claims)
  known.set(question, mapped)
  return mapped
}

function mapAttributes(provider: ProviderState | undefined, claims: JwtClaims): MappedAttributes {
  const entries = Object.entries(provider?.attributeMapping ?? {})
  return new Map(entries.map(([key, text]) => [key, evaluated(text, { assertion: claims })]))
}

/** What a condition sees: the token, and what was mapped from it. */
export function evaluateCondition(text: string, question: AcceptanceQuestion): Evaluation {
  const google: Record<string, unknown> = {}
  const attribute: Record<string, unknown> = {}
  for (const [key, evaluation] of mappedAttributes(question)) {
    if (evaluation.kind === 'error') continue
    const [root = '', name = ''] = key.split('.', 2)
    if (root === 'google') google[name] = evaluation.value
    else attribute[name] = evaluation.value
  }
  return evaluated(text, { assertion: question.token.claims, google, attribute })
}

function evaluated(text: string, variables: Readonly<Record<string, unknown>>): Evaluation {
  const expression = compileExpression(text)
  // Why it is none is said by the rule on what IAM would not store.
  if (expression instanceof MalformedExpression) return { kind: 'error', reason: expression.message }
  return expression.evaluate(variables)
}

/** The text that an attribute is mapped to; `undefined` where it is no text, empty or absent. */
export function mappedText(mapped: MappedAttributes, key: string): string | undefined {
  const evaluation = mapped.get(key)
  if (evaluation?.kind !== 'value' || typeof evaluation.value !== 'string') return undefined
  return evaluation.value === '' ? undefined : evaluation.value
}

/** The groups of a token: a list of texts. */
export function mappedGroups(mapped: MappedAttributes): readonly string[] {
  const evaluation = mapped.get('google.groups')
  const value = evaluation?.kind === 'value' ? evaluation.value : undefined
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
