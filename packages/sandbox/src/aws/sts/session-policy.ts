import { sessionPolicyRefusal } from '@federate/aws/rules'
import type { Parameters } from '../parameters.ts'
import { QueryFault } from '../query-fault.ts'

/**
 * Checks the session policies of a call. Nothing behind the sandbox is permitted by them, so their shape is all that
 * counts.
 *
 * @throws QueryFault `MalformedPolicyDocument`, `ValidationError`
 */
export function checkSessionPolicies(parameters: Parameters): void {
  const arns = [...Array(11).keys()].flatMap((index) => parameters.text(`PolicyArns.member.${index + 1}.arn`) ?? [])
  const refused = sessionPolicyRefusal(parameters.text('Policy'), arns)
  if (refused !== undefined) throw QueryFault.of(refused.refusal)
}
