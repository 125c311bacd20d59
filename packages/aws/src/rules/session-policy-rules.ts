import { type Finding, failed, passed, type Refusal, unknown, warned } from '@federate/core/rules'
import { readPermissionsPolicy } from './permissions-policy.ts'
import { home } from './provider.ts'
import type { AcceptanceQuestion } from './question.ts'
import { constraintViolated, validationError } from './refusals.ts'
import type { Rule } from './rule.ts'
import { sessionTags } from './session-claims.ts'

/** Bounds of the call (botocore, sts 2011-06-15: sessionPolicyDocumentType; STS API reference, PolicyArns). */
const longest = 2048
const mostArns = 10
/** From here on a call is warned of. AWS's own limit is of a packed form that it does not publish. */
const safeToPack = 1024

const shape: Rule = {
  name: 'session-policy',
  needs: [],
  check({ request, roleArn }) {
    const { sessionPolicy: policy, sessionPolicyArns: arns = [] } = request
    if (policy === undefined && arns.length === 0) return [passed('The call narrows the session by no policy.')]
    const refused = sessionPolicyRefusal(policy, arns)
    if (refused !== undefined) return [failed(refused.refusal, refused.detail, { next: refused.next })]
    const findings = [...tooLongTogether(policy, arns), ...foreign(arns, roleArn), ...permittingNothing(policy)]
    return findings.length > 0 ? findings : [passed('The session policies are of a form that STS takes.')]
  },
}

interface SessionPolicyRefusal {
  readonly refusal: Refusal
  readonly detail: string
  readonly next: string
}

/** What STS says to session policies that it does not take. */
export function sessionPolicyRefusal(
  policy: string | undefined,
  arns: readonly string[],
): SessionPolicyRefusal | undefined {
  if (arns.length > mostArns) {
    const message = `1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to ${mostArns}`
    const detail = `The call names ${arns.length} managed policies, STS takes ${mostArns}.`
    return { refusal: validationError(message), detail, next: 'Name fewer in sessionPolicyArns.' }
  }
  if (policy === undefined) return undefined
  if (policy.length > longest) {
    const refusal = constraintViolated(
      'policy',
      '(the session policy)',
      `Member must have length less than or equal to ${longest}`,
    )
    const detail = `The session policy has ${policy.length} characters, STS takes ${longest}.`
    return {
      refusal,
      detail,
      next: 'Shorten sessionPolicy, or make it a managed policy and name it in sessionPolicyArns.',
    }
  }
  const read = readPermissionsPolicy(policy)
  if (!('problem' in read)) return undefined
  const refusal = { code: 'MalformedPolicyDocument', message: read.problem, status: 400 }
  return { refusal, detail: `STS cannot read the session policy: ${read.problem}`, next: 'Correct sessionPolicy.' }
}

function tooLongTogether(policy = '', arns: readonly string[]): Finding[] {
  const total = policy.length + arns.join('').length
  if (total <= longest) return []
  const detail = `The session policy and the ARNs have ${total} characters together, and STS takes ${longest}; how it answers is not documented.`
  return [unknown(detail, { next: 'Name fewer managed policies, or shorten sessionPolicy.' })]
}

function foreign(arns: readonly string[], roleArn: string): Finding[] {
  const [partition] = home(roleArn).split(':')
  const other = arns.find((arn) => !arn.startsWith(`arn:${partition}:`))
  if (other === undefined) return []
  const pair = { expected: `arn:${partition}:…`, actual: other }
  return [warned('A session policy is of another partition than the role.', pair)]
}

/** The session may do what role and session policies both allow (IAM User Guide, access_policies, session policies). */
function permittingNothing(policy: string | undefined): Finding[] {
  if (policy === undefined) return []
  const read = readPermissionsPolicy(policy)
  if ('problem' in read || read.allows) return []
  return [
    warned('The session policy allows nothing, so the session may do nothing, whatever the role may.', {
      next: 'Add an Allow statement with what the session needs; what the role lacks it does not give.',
    }),
  ]
}

const packed: Rule = {
  name: 'packed-size',
  needs: ['session-tags'],
  check(question) {
    const size = sizeOf(question)
    if (size <= safeToPack) return [passed('Session policies and tags are small.')]
    const detail = `Session policies and tags have ${size} characters together. AWS packs them into a form with a limit of its own, and may answer PackedPolicyTooLarge.`
    return [
      warned(detail, { next: 'Try it: STS says by PackedPolicySize how full it is. Fewer tags are the cheapest way.' }),
    ]
  },
}

function sizeOf({ request, token }: AcceptanceQuestion): number {
  const { tags } = sessionTags(token.claims)
  const texts = [request.sessionPolicy ?? '', ...(request.sessionPolicyArns ?? []), ...[...tags].flat()]
  return texts.join('').length
}

/** Policies that narrow the session (STS API reference, AssumeRoleWithWebIdentity: Policy, PolicyArns, PackedPolicySize). */
export const sessionPolicyRules: readonly Rule[] = [shape, packed]
