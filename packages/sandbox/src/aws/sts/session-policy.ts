import { checkPermissionsPolicy } from '../iam/policy-documents.ts'
import type { Parameters } from '../parameters.ts'
import { QueryFault } from '../query-fault.ts'

/**
 * Checks the session policies of a call (botocore, sts 2011-06-15). Nothing behind the sandbox is permitted by them,
 * so their shape is all that counts.
 *
 * @throws QueryFault `MalformedPolicyDocument`, `ValidationError`, `PackedPolicyTooLarge`
 */
export function checkSessionPolicies(parameters: Parameters): void {
  const policy = parameters.text('Policy')
  if (policy !== undefined) {
    checkPermissionsPolicy('policy', policy)
    if (policy.length > 2048)
      throw new QueryFault('PackedPolicyTooLarge', 'Packed policy consumes more than 100% of allotted space.')
  }
  if (parameters.text('PolicyArns.member.11.arn') !== undefined)
    throw new QueryFault(
      'ValidationError',
      "Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10",
    )
}
