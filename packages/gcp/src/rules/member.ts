import type { FederatedPrincipal } from './principal.ts'

/** A member of an IAM policy that means principals of a workload identity pool (IAM documentation, Principal identifiers). */
export interface PoolMember {
  /** The project's number; an id never matches. */
  readonly project: string
  readonly pool: string
  readonly who:
    | { readonly kind: 'subject'; readonly value: string }
    | { readonly kind: 'group'; readonly value: string }
    | { readonly kind: 'attribute'; readonly name: string; readonly value: string }
    | { readonly kind: 'everyone' }
}

const pool = String.raw`iam\.googleapis\.com\/projects\/(?<project>[^/]+)\/locations\/global\/workloadIdentityPools\/(?<pool>[^/]+)`
const single = new RegExp(`^principal:\\/\\/${pool}\\/subject\\/(?<subject>.+)$`)
const set = new RegExp(
  `^principalSet:\\/\\/${pool}\\/(?:(?<everyone>\\*)|group\\/(?<group>.+)|attribute\\.(?<name>[^/]+)\\/(?<value>.+))$`,
)

/** Reads `principal://…/subject/…` and `principalSet://…`; `undefined` for members of any other kind. */
export function parseMember(text: string): PoolMember | undefined {
  const groups = (single.exec(text) ?? set.exec(text))?.groups
  if (groups === undefined) return undefined
  const { project = '', pool: id = '', subject, group, name, value } = groups
  const home = { project, pool: id }
  if (subject !== undefined) return { ...home, who: { kind: 'subject', value: subject } }
  if (group !== undefined) return { ...home, who: { kind: 'group', value: group } }
  if (name !== undefined && value !== undefined) return { ...home, who: { kind: 'attribute', name, value } }
  return { ...home, who: { kind: 'everyone' } }
}

/** Writes a member as IAM wants it. */
export function formatMember({ project, pool: id, who }: PoolMember): string {
  const home = `iam.googleapis.com/projects/${project}/locations/global/workloadIdentityPools/${id}`
  if (who.kind === 'subject') return `principal://${home}/subject/${who.value}`
  if (who.kind === 'group') return `principalSet://${home}/group/${who.value}`
  return who.kind === 'everyone'
    ? `principalSet://${home}/*`
    : `principalSet://${home}/attribute.${who.name}/${who.value}`
}

/** Whether a member means this principal. `allAuthenticatedUsers` does not: it leaves federated identities out. */
export function memberMatches(member: string, principal: FederatedPrincipal): boolean {
  if (member === 'allUsers') return true
  const parsed = parseMember(member)
  if (parsed === undefined || parsed.project !== principal.project || parsed.pool !== principal.pool) return false
  const { who } = parsed
  if (who.kind === 'subject') return who.value === principal.subject
  if (who.kind === 'group') return principal.groups.includes(who.value)
  return who.kind === 'everyone' || principal.attributes.get(who.name) === who.value
}
