/** Why IAM would not store a provider as it is. */
export interface ProviderProblem {
  /** As in the REST reference: `attributeCondition`, `oidc.issuerUri`. */
  readonly field: string
  /** A full sentence that names the value. */
  readonly problem: string
  /** What to do about it, as a full sentence. */
  readonly next: string
}
