import type { Rule as AcceptanceRule } from '@federate/core/rules'
import type { AcceptanceQuestion } from './question.ts'

export type Rule = AcceptanceRule<AcceptanceQuestion>
