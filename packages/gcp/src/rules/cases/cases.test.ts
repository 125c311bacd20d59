import { testSources, testVerdicts } from '@federate/core/test-kit'
import { evaluate } from '../evaluate.ts'
import { type AcceptanceCase, questionOf } from './acceptance-case.ts'
import { accessCases } from './access-cases.ts'
import { conditionCases } from './condition-cases.ts'
import { mappingCases } from './mapping-cases.ts'
import { targetCases } from './target-cases.ts'
import { timeCases } from './time-cases.ts'
import { tokenCases } from './token-cases.ts'

const tables: Readonly<Record<string, readonly AcceptanceCase[]>> = {
  'the token': tokenCases,
  'its times': timeCases,
  'its attributes': mappingCases,
  'the condition': conditionCases,
  'the provider': targetCases,
  'the policy': accessCases,
}

testSources(tables, 120)
testVerdicts(tables, (one) => evaluate(questionOf(one)))
