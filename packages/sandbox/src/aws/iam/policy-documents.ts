import { MalformedPolicy, parseTrustPolicy, policySize, readPermissionsPolicy } from '@federate/aws/rules'
import { faults } from '../query-fault.ts'
import type { Account } from '../state.ts'
import { bounds, checkText } from './validation.ts'

/**
 * Checks a trust policy as IAM does before it stores one. A provider of another account is stored too: it then never
 * matches, because STS looks providers up in the role's account.
 *
 * @throws QueryFault `ValidationError`, `LimitExceeded`, `MalformedPolicyDocument`
 */
export function checkTrustPolicy({ trustPolicyQuota }: Account, field: string, text: string): string {
  checkText(field, text, bounds.policyDocument)
  try {
    parseTrustPolicy(text)
  } catch (error) {
    if (error instanceof MalformedPolicy) throw faults.malformedPolicy(error.problem)
    throw error
  }
  if (policySize(text) > trustPolicyQuota)
    throw faults.limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${trustPolicyQuota}`)
  return text
}

/** Checks the shape of a permissions policy; what it permits is nobody's business here. @throws QueryFault */
export function checkPermissionsPolicy(field: string, text: string): string {
  checkText(field, text, bounds.policyDocument)
  const read = readPermissionsPolicy(text)
  if ('problem' in read) throw faults.malformedPolicy(read.problem)
  return text
}
