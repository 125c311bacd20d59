/** A value as a plan may show it. Secrets are compared but never rendered. */
export type Shown =
  | { readonly kind: 'value'; readonly value: JsonValue }
  /** Known only after another resource exists. */
  | { readonly kind: 'unknown'; readonly from: string }
  | { readonly kind: 'secret' }

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** One difference between what is wanted and what is there. */
export interface Change {
  /** What differs, in the words of the cloud or issuer: `trust policy`, `client ids`, `tags.federate:owner`. */
  readonly field: string
  readonly before?: Shown
  readonly after?: Shown
}

/** Whose object it is. */
export type Ownership =
  /** It bears our owner's mark and is nobody else's. */
  | 'ours'
  /** It bears marks of federate; several owners contribute to it and each changes only its own part. */
  | 'shared'
  /** It has no mark: never touched unless adopted by name. */
  | 'unmarked'
  /** It bears another owner's mark: never touched at all. */
  | 'others'

/** What applied or existing resources are, by address; for resources whose desired state needs them. */
export interface Outputs {
  get(address: string): unknown
}

/**
 * One object at the issuer or in a cloud.
 *
 * `Desired` is what it should be, `Actual` what it is. The planner knows nothing of either; it only orders, compares
 * and calls.
 */
export interface Resource<Desired = unknown, Actual = unknown> {
  /** Names the object for ever, also in `--adopt`: `aws:123456789012/role/billing`. */
  readonly address: string
  /** What it is, for people: `IAM role billing in account 123456789012`. */
  readonly label: string
  /** Addresses that must exist before this one and outlive it. */
  readonly dependsOn: readonly string[]
  /** The services that need it. Empty: found by the owner's mark, and no service of the file claims it. */
  readonly services: readonly string[]
  /** Writes with the same lane run one after the other. Default: no lane. */
  readonly lane?: string

  desired(outputs: Outputs): Desired
  /** What is there. May answer from a state read in bulk for the whole plan. */
  read(signal: AbortSignal): Promise<Actual | undefined>
  /** What is there now, read afresh: asked right before a write. */
  reread(signal: AbortSignal): Promise<Actual | undefined>
  ownership(actual: Actual): Ownership
  /** Empty when nothing differs. For an object to be created, `actual` is undefined and every field is a change. */
  diff(desired: Desired, actual: Actual | undefined): Change[]
  /** What `delete` would take away: for a shared object only our part of it. */
  removal(actual: Actual): Change[]
  /**
   * What others, of whom federate.yaml says nothing, lose by the change to `desired`, or where that is undefined by the
   * deletion of the whole: a full sentence. A plan says it, and changes at such a price only with `--prune`. Default: nothing.
   */
  losses?(actual: Actual, desired: Desired | undefined, signal: AbortSignal): Promise<string | undefined>
  /** Whether the object stays when `delete` has taken our part of it away. Default: it goes. */
  remains?(actual: Actual): boolean
  create(desired: Desired, signal: AbortSignal): Promise<Actual>
  update(desired: Desired, actual: Actual, signal: AbortSignal): Promise<Actual>
  delete(actual: Actual, signal: AbortSignal): Promise<void>
}

/** Finds again what an owner made, also what federate.yaml has forgotten. */
export interface Discovery {
  discover(signal: AbortSignal): Promise<readonly Resource[]>
}
