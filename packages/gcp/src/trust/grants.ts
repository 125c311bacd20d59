import { formatMember, type PoolMember } from '../rules/index.ts'
import type { GcpTarget } from './desired-provider.ts'
import { type Grant, type MemberIdentity, MemberResource, memberAddress } from './member.ts'
import { emailOf, ownAccountId, poolIdOf, providerIdOf } from './names.ts'
import { accountPlace, projectPlace } from './policies.ts'
import type { ProjectWork } from './project.ts'
import { providerAddress } from './provider.ts'
import { accountAddress } from './service-account.ts'

/** Lets a principal of a pool become a service account; it is enough for ID tokens too. */
export const impersonation = 'roles/iam.workloadIdentityUser'

/** The narrowest member that means this service, and nobody else of the pool. */
export function memberOf(owner: string, number: string, { service, wish }: GcpTarget): string {
  const text = wish.member ?? `subject/${service.subject}`
  const value = text.slice(text.indexOf('/') + 1)
  return formatMember({ project: number, pool: poolIdOf(owner, wish, service), who: whoOf(text, value) })
}

function whoOf(text: string, value: string): PoolMember['who'] {
  if (text.startsWith('group/')) return { kind: 'group', value }
  const [, name] = /^attribute\.([a-z0-9_]+)\//.exec(text) ?? []
  return name === undefined ? { kind: 'subject', value } : { kind: 'attribute', name, value }
}

/** What a target is given: the right to become its service account, and roles for whoever acts then. */
export function grantsOf(owner: string, { id, number }: ProjectWork, target: GcpTarget): readonly Grant[] {
  const { wish } = target
  const member = memberOf(owner, number, target)
  const roles = (who: string) => wish.roles.map((role) => ({ place: projectPlace(id), role, member: who }))
  if (wish.serviceAccount === undefined) return roles(member)
  const email = emailOf(wish.serviceAccount, id)
  const place = accountPlace(email, id, ownAccountId(wish) !== undefined)
  return [{ place, role: impersonation, member }, ...roles(`serviceAccount:${email}`)]
}

/** The grants of all targets in a project, each once: several targets may need the same. */
export function memberResources(owner: string, work: ProjectWork, targets: readonly GcpTarget[]): MemberResource[] {
  const wanted = new Map<string, MemberIdentity>()
  for (const target of targets) {
    for (const grant of grantsOf(owner, work, target)) {
      const address = memberAddress(grant)
      const services = [...(wanted.get(address)?.services ?? []), target.service.name]
      wanted.set(address, { ...grant, dependsOn: needs(owner, work, target), services: [...new Set(services)] })
    }
  }
  return [...wanted.values()].map((identity) => new MemberResource(work, identity))
}

function needs(owner: string, { id }: ProjectWork, { service, wish }: GcpTarget): readonly string[] {
  const account = ownAccountId(wish)
  return [
    providerAddress(id, poolIdOf(owner, wish, service), providerIdOf(wish, service)),
    ...(account === undefined ? [] : [accountAddress(id, account)]),
  ]
}
