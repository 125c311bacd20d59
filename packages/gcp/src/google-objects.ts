import type { IamPolicy, Lifecycle, PolicyBinding, ProviderState } from './rules/index.ts'
import { readProvider } from './trust/actual-provider.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * A provider as Google's IAM API gives it, for the rules; `undefined` for what is none.
 *
 * @param where names it in messages.
 */
export function providerOf(fields: Fields, where: string, pool: Lifecycle | undefined): ProviderState | undefined {
  const { name } = fields
  if (typeof name !== 'string') return undefined
  const own = { name, pool, ...lifecycleOf(fields) }
  if (fields['oidc'] !== undefined) {
    const { issuerUri, allowedAudiences, attributeMapping, attributeCondition, jwksJson } = readProvider(fields, where)
    return { ...own, type: 'oidc', issuerUri, allowedAudiences, attributeMapping, attributeCondition, jwksJson }
  }
  const type = (['aws', 'saml', 'x509'] as const).find((one) => fields[one] !== undefined)
  if (type === undefined) return undefined
  const nothing = { issuerUri: '', allowedAudiences: [], attributeMapping: {} }
  return { ...own, ...nothing, type, attributeCondition: undefined, jwksJson: undefined }
}

/** Whether a pool or provider serves. */
export function lifecycleOf(fields: Fields): Lifecycle {
  return { state: fields['state'] === 'DELETED' ? 'DELETED' : 'ACTIVE', disabled: fields['disabled'] === true }
}

/** An IAM policy, for the rules; `undefined` for what is none. A policy without bindings has nobody in it. */
export function policyOf({ bindings = [] }: Fields): IamPolicy | undefined {
  if (!Array.isArray(bindings)) return undefined
  const read = bindings.map(bindingOf)
  const known = read.filter((binding) => binding !== undefined)
  return known.length === read.length ? { bindings: known } : undefined
}

function bindingOf(value: unknown): PolicyBinding | undefined {
  const { role, members, condition } = objectOr(value)
  if (typeof role !== 'string' || !Array.isArray(members)) return undefined
  const { expression } = objectOr(condition)
  return {
    role,
    members: members.filter((member) => typeof member === 'string'),
    ...(typeof expression === 'string' ? { condition: { expression } } : {}),
  }
}

function objectOr(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
