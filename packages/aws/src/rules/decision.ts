import { type ConditionResult, evaluateCondition } from './conditions.ts'
import type { RequestContext } from './context.ts'
import type { Statement, TrustPolicy } from './policy.ts'
import { every, some, type Truth, truth } from './truth.ts'
import { matchesPattern, parsePattern } from './wildcard.ts'

/** The calls that a token can need of a trust policy. */
export type TrustAction = 'sts:AssumeRoleWithWebIdentity' | 'sts:TagSession' | 'sts:SetSourceIdentity'

/** Whether one statement applies, and why. */
export interface StatementResult {
  readonly statement: Statement
  readonly truth: Truth
  readonly action: Truth
  readonly principal: Truth
  readonly conditions: readonly ConditionResult[]
}

/** What a trust policy says to one action. */
export interface TrustDecision {
  readonly allowed: Truth
  readonly denials: readonly StatementResult[]
  readonly grants: readonly StatementResult[]
}

/** Asks a trust policy: an explicit Deny wins, and without an Allow nothing is allowed. */
export function decideTrust(
  policy: TrustPolicy,
  action: TrustAction,
  providerArn: string,
  context: RequestContext,
): TrustDecision {
  const results = policy.statements.map((statement) => applies(statement, action, providerArn, policy, context))
  const denials = results.filter((result) => result.statement.effect === 'Deny')
  const grants = results.filter((result) => result.statement.effect === 'Allow')
  const denied = some(denials.map((result) => result.truth))
  const granted = some(grants.map((result) => result.truth))
  const undenied = denied === 'unknown' ? 'unknown' : truth(denied === 'false')
  return { allowed: every([undenied, granted]), denials, grants }
}

function applies(
  statement: Statement,
  action: TrustAction,
  providerArn: string,
  policy: TrustPolicy,
  context: RequestContext,
): StatementResult {
  const parts = { action: actionMatches(statement, action), principal: principalMatches(statement, providerArn) }
  const conditions = statement.conditions.map((one) => evaluateCondition(one, policy.version, context))
  const all = [parts.action, parts.principal, ...conditions.map((one) => one.truth)]
  return { statement, ...parts, conditions, truth: every(all) }
}

/** Whether wildcards and NotAction count for a web identity in a trust policy is not documented. */
function actionMatches({ action }: Statement, wanted: TrustAction): Truth {
  if (action.negated) return 'unknown'
  return some(
    action.patterns.map((pattern) => {
      if (pattern.toLowerCase() === wanted.toLowerCase()) return 'true'
      return matchesPattern(parsePattern(pattern.toLowerCase()), wanted.toLowerCase()) ? 'unknown' : 'false'
    }),
  )
}

/**
 * A web identity is its provider and nothing else: `{"AWS":"*"}` does not allow it. Whether such a principal in a Deny
 * denies it is not documented.
 */
function principalMatches({ principal, effect }: Statement, providerArn: string): Truth {
  if (principal.everyone) return 'unknown'
  if (principal.federated.includes(providerArn)) return 'true'
  return effect === 'Deny' && principal.others.includes('*') ? 'unknown' : 'false'
}
