import type { ExaminedToken, Seconds } from '@federate/core'
import type { ProviderState } from './provider.ts'

/** One binding of an IAM policy. */
export interface PolicyBinding {
  readonly role: string
  readonly members: readonly string[]
  /** A binding with a condition holds only where that is true. */
  readonly condition?: { readonly title?: string; readonly expression: string } | undefined
}

/** An IAM policy as `getIamPolicy` gives it. */
export interface IamPolicy {
  readonly bindings: readonly PolicyBinding[]
}

/**
 * What the federated token is for.
 *
 * `impersonation`: access or ID tokens of a service account, whose policy must let the principal in.
 * `direct`: calls to an API that federated tokens are good for; the resource's policy must give the principal the role.
 */
export type Access =
  | {
      readonly kind: 'impersonation'
      /** The service account's email address. */
      readonly serviceAccount: string
      /** Unknown where it is not at hand. */
      readonly policy: IamPolicy | undefined
      /** How long the access token is to live, in seconds. Default: 3600. */
      readonly lifetime?: Seconds | undefined
    }
  | {
      readonly kind: 'direct'
      /** For messages: the project, bucket, … whose policy this is. */
      readonly resource: string
      readonly policy: IamPolicy | undefined
      /** The role that the service needs there. Without one, any binding of the principal will do. */
      readonly role?: string | undefined
    }

/** Would Google's STS exchange this token, and would IAM then let its principal in? */
export interface AcceptanceQuestion {
  /** The `audience` of the exchange: `//iam.googleapis.com/projects/{number}/…/providers/{provider}`. */
  readonly audience: string
  /** The provider that the audience names; `undefined` when there is none. */
  readonly provider: ProviderState | undefined
  readonly token: ExaminedToken
  /** The text of the JWKS that the issuer publishes. Unknown when absent; not asked where the provider has an uploaded one. */
  readonly publishedKeys?: string | undefined
  /** What comes after the exchange. Absent: only the exchange is asked about, as STS does. */
  readonly access?: Access | undefined
  readonly now: Date
  /** The clock tolerance in seconds: what only it lets pass is a warning. 0 refuses. */
  readonly leeway: Seconds
}
