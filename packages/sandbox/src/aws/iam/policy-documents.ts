import { MalformedPolicy, parseTrustPolicy, policySize } from '@federate/aws/rules'
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

const topElements = ['Version', 'Id', 'Statement']
const elements = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']

/** Checks the shape of a permissions policy; what it permits is nobody's business here. @throws QueryFault */
export function checkPermissionsPolicy(field: string, text: string): string {
  checkText(field, text, bounds.policyDocument)
  const document = parseJson(text)
  if (!isRecord(document) || Object.keys(document).some((name) => !topElements.includes(name)))
    throw faults.malformedPolicy('Syntax errors in policy.')
  const raw = document['Statement']
  const statements: readonly unknown[] = Array.isArray(raw) ? raw : [raw]
  if (statements.length === 0) throw faults.malformedPolicy('Syntax errors in policy.')
  for (const statement of statements) checkStatement(statement)
  return text
}

function checkStatement(statement: unknown): void {
  if (!isRecord(statement)) throw faults.malformedPolicy('Syntax errors in policy.')
  const names = Object.keys(statement)
  if (names.includes('Principal') || names.includes('NotPrincipal'))
    throw faults.malformedPolicy('Policy document should not specify a principal.')
  if (names.some((name) => !elements.includes(name))) throw faults.malformedPolicy('Syntax errors in policy.')
  if (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny')
    throw faults.malformedPolicy('Syntax errors in policy.')
  if (names.includes('Action') === names.includes('NotAction'))
    throw faults.malformedPolicy('Policy statement must contain actions.')
  if (names.includes('Resource') === names.includes('NotResource'))
    throw faults.malformedPolicy('Policy statement must contain resources.')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw faults.malformedPolicy('This policy contains invalid Json')
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
