import { createHash } from 'node:crypto'
import type { ServiceWish } from '@federate/core'
import type { GcpWish } from '../wish.ts'

const longest = 32

/**
 * The pool of one owner's services at one issuer. Another issuer gets another pool, because principals of a pool are told
 * apart by their subject alone (Best practices for Workload Identity Federation, "Use one provider per pool").
 */
export function poolIdOf(owner: string, wish: Pick<GcpWish, 'pool'>, service: Pick<ServiceWish, 'issuerName'>): string {
  return wish.pool ?? slug(`${owner}-${service.issuerName}`)
}

export function providerIdOf(wish: Pick<GcpWish, 'provider'>, service: Pick<ServiceWish, 'issuer'>): string {
  return wish.provider ?? service.issuer.kind
}

/** A text as an id of 4 to 32 of a-z, 0-9 and -; a long one keeps its beginning, and a hash tells it from others. */
export function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  const id = plain.length < 4 || plain.startsWith('gcp-') ? `federate-${plain}`.replace(/-$/, '') : plain
  if (id.length <= longest && plain === text.toLowerCase()) return id
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return `${id.slice(0, longest - hash.length - 1).replace(/-$/, '')}-${hash}`
}

/** The name of a provider for a project whose number is known. */
export function providerNameOf(number: string, pool: string, provider: string): string {
  return `projects/${number}/locations/global/workloadIdentityPools/${pool}/providers/${provider}`
}

/** The email address of a service account, by its id in a project or as it is. */
export function emailOf(serviceAccount: string, project: string): string {
  if (serviceAccount.includes('@')) return serviceAccount
  // Projects of an organisation's own domain: example.com:acme becomes acme.example.com.
  const [domain, id] = project.includes(':') ? project.split(':') : [undefined, project]
  return `${serviceAccount}@${domain === undefined ? id : `${id}.${domain}`}.iam.gserviceaccount.com`
}

/** The id of a service account that federate makes; `undefined` for one that is only used. */
export function ownAccountId({ serviceAccount }: Pick<GcpWish, 'serviceAccount'>): string | undefined {
  return serviceAccount === undefined || serviceAccount.includes('@') ? undefined : serviceAccount
}
