import { MalformedPolicy, type Statement, type TrustPolicy } from './policy.ts'
import { isRecord, parseStatement } from './statement.ts'

/** IAM's default quota for a trust policy, in characters without white space (IAM User Guide, reference_iam-quotas). */
export const trustPolicyQuota = 2048

/** The length that counts against the quota. */
export function policySize(text: string): number {
  return text.replace(/\s/g, '').length
}

/**
 * Compiles a trust policy from its JSON text.
 *
 * Strict: unknown elements, operators and principals are errors, because a policy that is read wrongly grants wrongly.
 * The quota is not checked here: it differs by account.
 *
 * @throws MalformedPolicy `AWS_TRUST_POLICY_MALFORMED`
 */
export function parseTrustPolicy(text: string): TrustPolicy {
  const document = parseJson(text)
  if (!isRecord(document)) throw new MalformedPolicy('Syntax errors in policy.')
  for (const name of Object.keys(document))
    if (!['Version', 'Id', 'Statement'].includes(name)) throw new MalformedPolicy(`Syntax errors in policy: ${name}.`)
  if (document['Id'] !== undefined && typeof document['Id'] !== 'string')
    throw new MalformedPolicy('Syntax errors in policy: Id.')
  const raw = document['Statement']
  const list: readonly unknown[] = Array.isArray(raw) ? raw : raw === undefined ? [] : [raw]
  if (list.length === 0) throw new MalformedPolicy('Missing required field Statement')
  const statements = list.map(parseStatement)
  refuseRepeatedSids(statements)
  return { version: parseVersion(document['Version']), statements }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new MalformedPolicy('This policy contains invalid Json')
  }
}

function parseVersion(version: unknown): TrustPolicy['version'] {
  if (version === undefined) return '2008-10-17'
  if (version === '2012-10-17' || version === '2008-10-17') return version
  throw new MalformedPolicy('The policy must contain a valid version string')
}

function refuseRepeatedSids(statements: readonly Statement[]): void {
  const sids = statements.map((statement) => statement.sid).filter((sid) => sid !== undefined)
  if (new Set(sids).size !== sids.length)
    throw new MalformedPolicy('Statement IDs (SID) in a single policy must be unique.')
}
