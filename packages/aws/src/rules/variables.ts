import type { RequestContext } from './context.ts'
import type { TrustPolicy } from './policy.ts'

/** A piece of a policy value; what a variable brought in is literal, its `*` is no wildcard. */
export interface Segment {
  readonly text: string
  readonly literal: boolean
}

const variable = /\$\{([^}]*)\}/g

/**
 * Replaces the policy variables of a value (IAM User Guide, reference_policies_variables).
 *
 * @returns `undefined` when a variable has no single known value: then nothing is known of the comparison.
 */
export function expandVariables(
  value: string,
  version: TrustPolicy['version'],
  context: RequestContext,
): readonly Segment[] | undefined {
  if (version === '2008-10-17') return [{ text: value, literal: false }]
  const segments: Segment[] = []
  let end = 0
  for (const match of value.matchAll(variable)) {
    const text = resolve(match[1] ?? '', context)
    if (text === undefined) return undefined
    segments.push({ text: value.slice(end, match.index), literal: false }, { text, literal: true })
    end = match.index + match[0].length
  }
  segments.push({ text: value.slice(end), literal: false })
  return segments
}

function resolve(expression: string, context: RequestContext): string | undefined {
  if (['*', '?', '$'].includes(expression)) return expression
  const [, key = expression, fallback] = /^([^,]+?)\s*,\s*'([^']*)'$/.exec(expression) ?? []
  const value = context(key.trim())
  if (value.kind === 'single') return value.value
  return value.kind === 'absent' ? fallback : undefined
}
