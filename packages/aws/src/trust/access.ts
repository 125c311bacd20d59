import type { Account } from './addresses.ts'

/** How an administrator reaches one account; with nothing said, by the SDK's default chain. */
export interface AccountAccess {
  /** A profile of the shared configuration files. */
  readonly profile?: string
  /** ARN of a role in the account, assumed with the profile's or the default credentials. */
  readonly assumeRole?: string
  readonly externalId?: string
}

/** AWS's part of federate.admin.yaml: by account number. */
export interface AwsAccess {
  readonly accounts: Readonly<Record<string, AccountAccess>>
}

/** How the account is reached; accounts of which nothing is said share the default chain. */
export function accessTo(access: AwsAccess | undefined, { account }: Pick<Account, 'account'>): AccountAccess {
  return access?.accounts[account] ?? {}
}
