import type { Role } from '../state.ts'

/** Whether a role may do everything: by AWS's own policy, whatever the partition. */
export function isAdministrator({ attachedPolicies }: Role): boolean {
  return [...attachedPolicies].some((arn) => arn.endsWith(':iam::aws:policy/AdministratorAccess'))
}

/**
 * Whether a role's own policies let it do something to a role. Of managed policies only AdministratorAccess is known
 * here, and a statement with a condition counts for nothing: the sandbox is stricter than AWS.
 */
export function mayAssume(role: Role | undefined, action: string, resource: string): boolean {
  if (role === undefined) return false
  if (isAdministrator(role)) return true
  const statements = [...role.inlinePolicies.values()].flatMap(statementsOf)
  const applying = statements.filter((one) => matches(one['Action'], action) && matches(one['Resource'], resource))
  if (applying.some((one) => one['Effect'] === 'Deny')) return false
  return applying.some((one) => one['Effect'] === 'Allow' && one['Condition'] === undefined)
}

function statementsOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  const document: unknown = JSON.parse(text)
  const raw = isRecord(document) ? document['Statement'] : undefined
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw]
  return list.filter(isRecord)
}

function matches(patterns: unknown, text: string): boolean {
  const list: readonly unknown[] = Array.isArray(patterns) ? patterns : [patterns]
  return list.some((pattern) => typeof pattern === 'string' && expression(pattern).test(text))
}

function expression(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i')
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
