import type { RuleResult } from '@federate/core'
import { parseTrustPolicy } from '../parse-policy.ts'
import { MalformedPolicy, type Statement } from '../policy.ts'
import type { AcceptanceQuestion } from '../question.ts'
import { matchesPattern, parsePattern } from '../wildcard.ts'
import { conditionLints } from './condition-lints.ts'
import { issuerLints } from './issuer-lints.ts'
import { principalLints } from './principal-lints.ts'
import { subjectLints } from './subject-lints.ts'

/**
 * What is wrong or dangerous about a trust policy whatever the token says: it admits too many, or can never admit
 * anyone. A policy that cannot be read has nothing here: the rule "trust-policy-readable" says why.
 */
export function lint(question: AcceptanceQuestion): readonly RuleResult[] {
  const statements = statementsOf(question).filter(admitsWebIdentity)
  return [
    ...statements.flatMap((statement) => [
      ...principalLints(statement, question),
      ...subjectLints(statement),
      ...conditionLints(statement),
    ]),
    ...issuerLints(question),
  ]
}

function statementsOf({ role }: AcceptanceQuestion): readonly Statement[] {
  try {
    return role === undefined ? [] : parseTrustPolicy(role.trustPolicy).statements
  } catch (error) {
    if (error instanceof MalformedPolicy) return []
    throw error
  }
}

/** Statements for users, services and SAML are none of our business. */
function admitsWebIdentity({ effect, principal, action }: Statement): boolean {
  if (effect !== 'Allow' || principal.federated.length === 0) return false
  const named = action.patterns.some((pattern) =>
    matchesPattern(parsePattern(pattern.toLowerCase()), 'sts:assumerolewithwebidentity'),
  )
  return named !== action.negated
}
