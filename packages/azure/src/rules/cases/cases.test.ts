import { testSources, testVerdicts } from '@federate/core/test-kit'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../evaluate.ts'
import { credentialProblems } from '../limits.ts'
import { type AcceptanceCase, questionOf } from './acceptance-case.ts'
import { audienceCases } from './audience-cases.ts'
import { issuerCases } from './issuer-cases.ts'
import { keyCases } from './key-cases.ts'
import { limitCases } from './limit-cases.ts'
import { subjectCases } from './subject-cases.ts'
import { timeCases } from './time-cases.ts'
import { tokenCases } from './token-cases.ts'

const tables: Readonly<Record<string, readonly AcceptanceCase[]>> = {
  'the token': tokenCases,
  'its issuer': issuerCases,
  'its subject': subjectCases,
  'its audience': audienceCases,
  'its times': timeCases,
  'its key': keyCases,
}

testSources({ ...tables, 'what is stored': limitCases }, 100)
testVerdicts(tables, (one) => evaluate(questionOf(one)))

describe('what is stored', () => {
  it.each(limitCases.map((one) => [one.name, one] as const))('%s', (_, { credential, siblings, expected }) => {
    expect(credentialProblems(credential, siblings).map(({ field }) => field)).toEqual(expected)
  })
})
