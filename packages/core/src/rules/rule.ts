import type { RuleResult, Verdict } from '../verdict.ts'

/** What a cloud answers to what it refuses: code, message and HTTP status. */
export type Refusal = NonNullable<Verdict['refusal']>

type Sentence = Omit<RuleResult, 'rule' | 'outcome'>

/** What a rule found. Only a failure has an answer of the cloud, and every failure has one. */
export type Finding =
  | (Sentence & { readonly outcome: 'passed' | 'warning' | 'unknown' })
  | (Sentence & { readonly outcome: 'failed'; readonly refusal: Refusal })

/** One acceptance rule of a cloud, asked of that cloud's kind of question. */
export interface Rule<Question> {
  readonly name: string
  /**
   * Rules that must not have failed for this one to mean anything. All others are asked even after a failure, so that
   * one look shows everything that differs.
   */
  readonly needs: readonly string[]
  check(question: Question): readonly Finding[]
}

type Extra = Omit<Sentence, 'detail'>

export function passed(detail: string, extra: Extra = {}): Finding {
  return { outcome: 'passed', detail, ...extra }
}

export function warned(detail: string, extra: Extra = {}): Finding {
  return { outcome: 'warning', detail, ...extra }
}

export function unknown(detail: string, extra: Extra = {}): Finding {
  return { outcome: 'unknown', detail, ...extra }
}

export function failed(refusal: Refusal, detail: string, extra: Extra = {}): Finding {
  return { outcome: 'failed', refusal, detail, ...extra }
}
