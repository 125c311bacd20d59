import { type Finding, failed, passed, unknown } from '@federate/core/rules'
import { requestContext } from './context.ts'
import { decideTrust, type StatementResult, type TrustAction, type TrustDecision } from './decision.ts'
import { describeCondition } from './describe-condition.ts'
import { parseTrustPolicy } from './parse-policy.ts'
import { MalformedPolicy, type TrustPolicy } from './policy.ts'
import { providerOf } from './provider.ts'
import type { AcceptanceQuestion } from './question.ts'
import { accessDenied } from './refusals.ts'
import type { Rule } from './rule.ts'
import { sessionTags, sourceIdentity } from './session-claims.ts'

const readableRule: Rule = {
  name: 'trust-policy-readable',
  needs: ['role'],
  check({ role }) {
    const policy = compiled(role?.trustPolicy ?? '')
    if (!(policy instanceof MalformedPolicy)) return [passed('The trust policy is well formed.')]
    return [failed(accessDenied(), `IAM would not store this trust policy: ${policy.problem}`, { next: policy.next })]
  },
}

const trustRule: Rule = {
  name: 'trust-policy',
  needs: ['role', 'trust-policy-readable', 'provider', 'required-claims'],
  check(question) {
    const decision = decisionOn('sts:AssumeRoleWithWebIdentity', question)
    if (decision === undefined) return []
    const denials = decision.denials.filter((one) => one.truth !== 'false')
    if (decision.allowed === 'false' && denials.some((one) => one.truth === 'true'))
      return [failed(accessDenied(), 'A Deny statement of the trust policy applies.'), ...explain(denials, question)]
    if (decision.allowed === 'true') {
      const grants = decision.grants.filter((one) => one.truth === 'true')
      return [passed('The trust policy allows the call.'), ...explain(grants, question)]
    }
    const open = [...denials, ...decision.grants.filter((one) => one.truth === 'unknown')]
    if (decision.allowed === 'unknown')
      return [unknown('Whether the trust policy allows the call is not known.'), ...explain(open, question)]
    return [failed(accessDenied(), 'No statement of the trust policy allows the call.'), ...closest(decision, question)]
  },
}

/** Of many statements only those are explained that come nearest: same provider and action, if there is one. */
function closest(decision: TrustDecision, question: AcceptanceQuestion): readonly Finding[] {
  const near = decision.grants.filter((one) => one.principal !== 'false' && one.action !== 'false')
  return explain(near.length === 0 ? decision.grants : near, question)
}

function explain(results: readonly StatementResult[], question: AcceptanceQuestion): readonly Finding[] {
  return results.flatMap((result) => [...explainHead(result, question), ...explainConditions(result)])
}

function explainHead(result: StatementResult, question: AcceptanceQuestion): readonly Finding[] {
  const { principal, action } = result.statement
  const provider = providerOf(question)?.arn ?? ''
  const names = [...principal.federated, ...principal.others]
  const findings: Finding[] = []
  if (result.principal === 'false')
    findings.push(
      failed(accessDenied(), 'The statement trusts another principal.', {
        expected: names.join(', '),
        actual: provider,
        next: 'Name the provider’s ARN in Principal.Federated.',
      }),
    )
  if (result.principal === 'unknown')
    findings.push(unknown('Whether this principal covers a web identity is not documented.', { actual: provider }))
  const pair = { expected: action.patterns.join(', '), actual: 'sts:AssumeRoleWithWebIdentity' }
  if (result.action === 'false') findings.push(failed(accessDenied(), 'The statement is about other actions.', pair))
  if (result.action === 'unknown')
    findings.push(unknown('Whether such an action covers a web identity is not documented.', pair))
  return findings
}

function explainConditions(result: StatementResult): readonly Finding[] {
  return result.conditions.map((one) => {
    const { detail, ...extra } = describeCondition(one)
    if (one.truth === 'unknown') return unknown(detail, extra)
    // In a Deny every condition that holds speaks against the call.
    if (result.statement.effect === 'Deny')
      return result.truth === 'true' ? failed(accessDenied(), detail, extra) : unknown(detail, extra)
    return one.truth === 'true' ? passed(detail, extra) : failed(accessDenied(), detail, extra)
  })
}

/** Claims that need a further action of every role that trusts the issuer (IAM User Guide, id_session-tags). */
function furtherAction(name: string, action: TrustAction, asked: (question: AcceptanceQuestion) => boolean): Rule {
  return {
    name,
    needs: ['trust-policy'],
    check(question) {
      if (!asked(question)) return [passed(`The token does not need ${action}.`)]
      const allowed = decisionOn(action, question)?.allowed ?? 'unknown'
      if (allowed === 'true') return [passed(`The trust policy allows ${action}, which the token needs.`)]
      if (allowed === 'unknown') return [unknown(`Whether the trust policy allows ${action} is not known.`)]
      return [
        failed(accessDenied(), `The token needs ${action}, and the trust policy does not allow it.`, {
          expected: action,
          actual: '(not allowed)',
          next: `Add ${action} to the Action list of the trust policy, or take the claim out of the token.`,
        }),
      ]
    },
  }
}

function decisionOn(action: TrustAction, question: AcceptanceQuestion): TrustDecision | undefined {
  const provider = providerOf(question)
  const policy = compiled(question.role?.trustPolicy ?? '')
  if (provider === undefined || policy instanceof MalformedPolicy) return undefined
  return decideTrust(policy, action, provider.arn, requestContext(question, provider))
}

// Each rule asks for the policy, and whoever judges many tokens mostly judges them by one policy.
let latest: { readonly text: string; readonly policy: TrustPolicy | MalformedPolicy } | undefined

function compiled(text: string): TrustPolicy | MalformedPolicy {
  if (latest?.text !== text) latest = { text, policy: compile(text) }
  return latest.policy
}

function compile(text: string): TrustPolicy | MalformedPolicy {
  try {
    return parseTrustPolicy(text)
  } catch (error) {
    if (error instanceof MalformedPolicy) return error
    throw error
  }
}

/** The role's trust policy, which has the last word. */
export const trustRules: readonly Rule[] = [
  readableRule,
  trustRule,
  furtherAction('tag-session', 'sts:TagSession', ({ token }) => sessionTags(token.claims).tags.size > 0),
  furtherAction(
    'set-source-identity',
    'sts:SetSourceIdentity',
    ({ token }) => sourceIdentity(token.claims).value !== undefined,
  ),
]
