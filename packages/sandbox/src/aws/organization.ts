import { type Account, type Role, uniqueId } from './state.ts'

/** The role by which an organization's management account administers its members (AWS Organizations, "Accessing member accounts"). */
const accessRole = 'OrganizationAccountAccessRole'

/** How one account is reached, as federate.admin.yaml says it. */
interface AccountAccess {
  readonly assumeRole: string
}

/**
 * Makes an account the one that administers others, and says how: by a role in each of them. Those of another partition
 * cannot be reached from it, and are left out.
 */
export function administerFrom(
  { id, partition }: Account,
  others: readonly Account[],
  now: Date,
): Readonly<Record<string, AccountAccess>> {
  const members = others.filter((account) => account.partition === partition)
  const principal = `arn:${partition}:iam::${id}:root`
  for (const account of members) {
    if (!account.roles.has(accessRole)) account.roles.set(accessRole, roleFor(account, principal, now))
  }
  return Object.fromEntries(members.map((account) => [account.id, { assumeRole: arnIn(account) }]))
}

function arnIn({ id, partition }: Account): string {
  return `arn:${partition}:iam::${id}:role/${accessRole}`
}

function roleFor(account: Account, principal: string, createDate: Date): Role {
  const Statement = [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }]
  return {
    name: accessRole,
    path: '/',
    id: uniqueId('AROA'),
    arn: arnIn(account),
    createDate,
    trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement }),
    description: undefined,
    maxSessionDuration: 3600,
    permissionsBoundary: undefined,
    attachedPolicies: new Set([`arn:${account.partition}:iam::aws:policy/AdministratorAccess`]),
    inlinePolicies: new Map(),
    tags: new Map(),
  }
}
