import { isRecord } from './statement.ts'

const topElements = ['Version', 'Id', 'Statement']
const elements = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']

/** What a policy that permits says, as far as somebody looks at it here. */
export interface PermissionsPolicy {
  /** Whether any statement allows something. */
  readonly allows: boolean
}

/** Reads the shape of a permissions policy; gives IAM's words for one that it would not take. */
export function readPermissionsPolicy(text: string): PermissionsPolicy | { readonly problem: string } {
  const document = parseJson(text)
  if (document === undefined) return { problem: 'This policy contains invalid Json' }
  if (!isRecord(document) || Object.keys(document).some((name) => !topElements.includes(name)))
    return { problem: 'Syntax errors in policy.' }
  const raw = document['Statement']
  const statements: readonly unknown[] = Array.isArray(raw) ? raw : [raw]
  if (statements.length === 0) return { problem: 'Syntax errors in policy.' }
  const problem = statements.map(statementProblem).find((found) => found !== undefined)
  if (problem !== undefined) return { problem }
  return { allows: statements.some((statement) => isRecord(statement) && statement['Effect'] === 'Allow') }
}

function statementProblem(statement: unknown): string | undefined {
  if (!isRecord(statement)) return 'Syntax errors in policy.'
  const names = Object.keys(statement)
  if (names.includes('Principal') || names.includes('NotPrincipal'))
    return 'Policy document should not specify a principal.'
  if (names.some((name) => !elements.includes(name))) return 'Syntax errors in policy.'
  if (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny') return 'Syntax errors in policy.'
  if (names.includes('Action') === names.includes('NotAction')) return 'Policy statement must contain actions.'
  if (names.includes('Resource') === names.includes('NotResource')) return 'Policy statement must contain resources.'
  return undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
