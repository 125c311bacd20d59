import { type Finding, failed, passed, shown, unknown } from '@federate/core/rules'
import { compileExpression, type Evaluation, MalformedExpression } from './cel/expression.ts'
import { functionStanding } from './cel/functions.ts'
import { mappedAttributes, mappedText } from './mapping.ts'
import { mappingLimits } from './mapping-problems.ts'
import { attributeOfWrongType, attributesTooLarge, subjectNotObtained, subjectTooLong } from './refusals.ts'
import type { Rule } from './rule.ts'

const subjectRule: Rule = {
  name: 'subject',
  needs: ['provider-storable'],
  check(question) {
    const text = question.provider?.attributeMapping['google.subject'] ?? ''
    const mapped = mappedAttributes(question)
    const evaluation = mapped.get('google.subject')
    if (
      evaluation === undefined ||
      evaluation.kind === 'error' ||
      evaluation.type === 'NULL' ||
      evaluation.value === ''
    )
      return [
        failed(subjectNotObtained(), 'The mapping of google.subject comes to nothing with this token.', {
          expected: text,
          actual: evaluation === undefined ? '(not mapped)' : result(evaluation),
          next: 'Have the issuer write the claim, or map google.subject from one that the token has.',
        }),
      ]
    const subject = mappedText(mapped, 'google.subject')
    if (subject === undefined)
      return [
        failed(attributeOfWrongType('google.subject', 'STRING'), 'google.subject must be a text.', {
          expected: 'STRING',
          actual: `${text} is ${result(evaluation)}`,
          next: 'Map a text: a number by string(…), and what must be equal belongs into the condition.',
        }),
      ]
    const bytes = Buffer.byteLength(subject)
    const pair = { expected: `at most ${mappingLimits.subjectBytes} bytes`, actual: `${bytes} bytes: ${subject}` }
    if (bytes <= mappingLimits.subjectBytes) return [passed('google.subject has a value that is not too long.', pair)]
    const next = 'Map a part of it that is unique: extract, split()[n], or another claim such as sub of a UUID.'
    return [failed(subjectTooLong(), 'google.subject is too long.', { ...pair, next })]
  },
}

const attributesRule: Rule = {
  name: 'attributes',
  needs: ['provider-storable'],
  check(question) {
    const others = [...mappedAttributes(question)].filter(([key]) => key !== 'google.subject')
    const findings = others.flatMap(([key, evaluation]) => attributeFinding(key, evaluation))
    return findings.length > 0 ? findings : [passed('Every other attribute has a value of the right type.')]
  },
}

function attributeFinding(key: string, evaluation: Evaluation): readonly Finding[] {
  if (evaluation.kind === 'error' || evaluation.type === 'NULL')
    return [
      unknown(`${key} has no value with this token; whether Google then takes the token is not documented.`, {
        actual: result(evaluation),
        next: `Map a default: has(assertion.claim) ? assertion.claim : "".`,
      }),
    ]
  const wanted = key === 'google.groups' ? 'LIST' : 'STRING'
  if (evaluation.type === wanted) return []
  return [
    failed(attributeOfWrongType(key, wanted), `${key} is of the wrong type.`, {
      expected: wanted,
      actual: result(evaluation),
      next:
        wanted === 'LIST' ? 'Map a list of texts.' : 'Map a text: a number by string(…), a list by join(",") or [0].',
    }),
  ]
}

const sizeRule: Rule = {
  name: 'attribute-sizes',
  needs: ['subject', 'attributes'],
  check(question) {
    const bytes = [...mappedAttributes(question).values()].reduce((total, one) => total + sizeOf(one), 0)
    const pair = { expected: `at most ${mappingLimits.totalBytes} bytes`, actual: `${bytes} bytes` }
    if (bytes <= mappingLimits.totalBytes) return [passed('All attributes together are not too large.', pair)]
    const next = 'Map only what conditions and bindings use; take groups out, or have the issuer give fewer.'
    return [failed(attributesTooLarge(), 'All attributes together are too large.', { ...pair, next })]
  },
}

function sizeOf(evaluation: Evaluation): number {
  if (evaluation.kind === 'error') return 0
  const values: readonly unknown[] = Array.isArray(evaluation.value) ? evaluation.value : [evaluation.value]
  return values.reduce((total: number, one) => total + (typeof one === 'string' ? Buffer.byteLength(one) : 0), 0)
}

const functionsRule: Rule = {
  name: 'functions',
  needs: ['provider-storable'],
  check({ provider }) {
    const texts = [...Object.values(provider?.attributeMapping ?? {}), provider?.attributeCondition ?? '']
    const used = new Set(texts.filter((text) => text !== '').flatMap(undocumentedIn))
    if (used.size === 0) return [passed('Every function is one that Google documents or every CEL has.')]
    return [
      unknown('The provider uses functions of CEL’s strings extension; that Google has them is not documented.', {
        expected: 'extract, split, join, and the standard functions',
        actual: [...used].join(', '),
        next: 'Use documented functions, or find out by a real exchange.',
      }),
    ]
  },
}

function undocumentedIn(text: string): readonly string[] {
  const expression = compileExpression(text)
  if (expression instanceof MalformedExpression) return []
  return [...expression.functions].filter((name) => functionStanding(name) === 'undocumented')
}

/** For people: the value, or why there is none. */
export function result(evaluation: Evaluation): string {
  if (evaluation.kind === 'error') return `no value: ${evaluation.reason}`
  const { type, value } = evaluation
  return typeof value === 'bigint' ? `${type} ${value}` : `${type} ${value === undefined ? '' : shown(value)}`.trim()
}

/** Asked before the condition: with which functions. */
export const functionRules: readonly Rule[] = [functionsRule]

/** What the mappings make of the token. Google asks the condition first: it refuses by that where both would. */
export const mappingRules: readonly Rule[] = [subjectRule, attributesRule, sizeRule]
