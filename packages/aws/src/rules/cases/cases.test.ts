import { testSources, testVerdicts } from '@federate/core/test-kit'
import { evaluate } from '../evaluate.ts'
import { type AcceptanceCase, questionOf } from './acceptance-case.ts'
import { audienceCases } from './audience-cases.ts'
import { callCases } from './call-cases.ts'
import { conditionCases } from './condition-cases.ts'
import { sessionPolicyCases } from './session-policy-cases.ts'
import { timeCases } from './time-cases.ts'
import { tokenCases } from './token-cases.ts'
import { trustCases } from './trust-cases.ts'

const tables: Readonly<Record<string, readonly AcceptanceCase[]>> = {
  'the token': tokenCases,
  'its times': timeCases,
  'its audience': audienceCases,
  'the call': callCases,
  'its session policies': sessionPolicyCases,
  'the trust policy': trustCases,
  'its conditions': conditionCases,
}

testSources(tables, 150)
testVerdicts(tables, (one) => evaluate(questionOf(one)))
