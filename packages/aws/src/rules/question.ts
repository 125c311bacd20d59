import type { ExaminedToken, Seconds } from '@federate/core'

/** An IAM OIDC provider as the rules see it. */
export interface ProviderState {
  readonly arn: string
  /** As IAM stores it: host and path, without `https://`. */
  readonly url: string
  /** Unknown where only the trust policy is at hand. */
  readonly clientIds: readonly string[] | undefined
}

/** An IAM role as the rules see it. */
export interface RoleState {
  readonly arn: string
  /** JSON text, not URL-encoded. */
  readonly trustPolicy: string
  /** In seconds: 3600 to 43200. */
  readonly maxSessionDuration: Seconds
}

/** Would STS answer this AssumeRoleWithWebIdentity call with credentials? */
export interface AcceptanceQuestion {
  readonly roleArn: string
  /** The providers of the role's account; those of other accounts serve only as hints. */
  readonly providers: readonly ProviderState[]
  /** `undefined` when there is no such role. */
  readonly role: RoleState | undefined
  readonly token: ExaminedToken
  readonly request: {
    readonly sessionName: string
    /** In seconds. */
    readonly duration: Seconds
    /** Where the call will come from, as STS sees it. Unknown when absent. */
    readonly sourceIp?: string
    /** What narrows the session: a policy document as JSON text. */
    readonly sessionPolicy?: string
    /** ARNs of managed policies that narrow it. */
    readonly sessionPolicyArns?: readonly string[]
  }
  readonly now: Date
  /**
   * The clock tolerance in seconds. IAM's is 300 (IAM User Guide, id_roles_providers_oidc): what only it lets pass is
   * a warning. 0 refuses.
   */
  readonly leeway: Seconds
}
