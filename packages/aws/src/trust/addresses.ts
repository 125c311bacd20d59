import { formatIamArn, type Partition } from '../partition.ts'
import { providerPath } from './trust-policy.ts'

/** An account, as addresses and ARNs need it. */
export interface Account {
  readonly account: string
  readonly partition: Partition
}

/** Where all roles of one owner are. */
export function rolePath(owner: string): string {
  return `/federate/${owner}/`
}

export function roleAddress(account: string, name: string): string {
  return `aws:${account}/role/${name}`
}

export function roleArn({ account, partition }: Account, path: string, name: string): string {
  return formatIamArn({ account, partition, resource: `role${path}${name}` })
}

export function providerAddress(account: string, issuer: string): string {
  return `aws:${account}/oidc-provider/${providerPath(issuer)}`
}

export function providerArn({ account, partition }: Account, issuer: string): string {
  return formatIamArn({ account, partition, resource: `oidc-provider/${providerPath(issuer)}` })
}

/** Where a role is unless it was there before and adopted. */
export function expectedRoleArn(
  owner: string,
  wish: Account & { readonly role: string; readonly path?: string | undefined },
): string {
  return roleArn(wish, wish.path ?? rolePath(owner), wish.role)
}
