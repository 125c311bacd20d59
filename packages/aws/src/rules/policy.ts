import { FederateError } from '@federate/core'
import type { Operator } from './operator.ts'

/** A role's trust policy, compiled. */
export interface TrustPolicy {
  /** Policy variables exist only in `2012-10-17`. */
  readonly version: '2012-10-17' | '2008-10-17'
  readonly statements: readonly Statement[]
}

export interface Statement {
  readonly sid: string | undefined
  readonly effect: 'Allow' | 'Deny'
  readonly principal: Principal
  readonly action: { readonly negated: boolean; readonly patterns: readonly string[] }
  readonly conditions: readonly Condition[]
}

export interface Principal {
  /** `"*"` without a kind. */
  readonly everyone: boolean
  readonly federated: readonly string[]
  /** Principals of other kinds (AWS, Service, CanonicalUser); a web identity is none of them. */
  readonly others: readonly string[]
}

export interface Condition {
  readonly operator: Operator
  readonly key: string
  readonly values: readonly string[]
}

/**
 * A trust policy that IAM would not store. `problem` is what IAM says.
 *
 * Code `AWS_TRUST_POLICY_MALFORMED`, outcome `usage`.
 */
export class MalformedPolicy extends FederateError {
  constructor(problem: string) {
    super({
      code: 'AWS_TRUST_POLICY_MALFORMED',
      outcome: 'usage',
      problem,
      next: 'Correct the trust policy; its grammar is in the IAM User Guide under "IAM JSON policy elements reference".',
    })
  }
}
