/** Whether a pool or provider serves: Google keeps deleted ones for 30 days, and tokens find neither those nor disabled ones. */
export interface Lifecycle {
  readonly state: 'ACTIVE' | 'DELETED'
  readonly disabled: boolean
}

/** A workload identity pool provider as the rules see it: as Google's IAM API gives it, with its defaults filled in. */
export interface ProviderState extends Lifecycle {
  /** `projects/{number}/locations/global/workloadIdentityPools/{pool}/providers/{provider}`; the number, never the id. */
  readonly name: string
  /** Its pool. Unknown where only the provider is at hand; then it is taken to serve. */
  readonly pool: Lifecycle | undefined
  readonly type: 'oidc' | 'aws' | 'saml' | 'x509'
  /** Empty where the type is not `oidc`. */
  readonly issuerUri: string
  /** Empty: the provider's own resource name, with or without `https:`. */
  readonly allowedAudiences: readonly string[]
  /** CEL expressions by attribute: `google.subject`, `google.groups`, `attribute.{key}`. */
  readonly attributeMapping: Readonly<Record<string, string>>
  /** A CEL expression that must be true. */
  readonly attributeCondition: string | undefined
  /** The text of an uploaded JWKS; without one Google fetches the keys that the issuer publishes. */
  readonly jwksJson: string | undefined
}

/** The parts of a provider's name. */
export interface ProviderName {
  readonly project: string
  readonly pool: string
  readonly provider: string
}

const providerName =
  /^projects\/(?<project>[^/]+)\/locations\/global\/workloadIdentityPools\/(?<pool>[^/]+)\/providers\/(?<provider>[^/]+)$/

/** Reads `projects/…/providers/…`; `undefined` for anything else. */
export function parseProviderName(name: string): ProviderName | undefined {
  const { project, pool, provider } = providerName.exec(name)?.groups ?? {}
  if (project === undefined || pool === undefined || provider === undefined) return undefined
  return { project, pool, provider }
}

/** What the `audience` of an exchange begins with, before the provider's name. */
export const audiencePrefix = '//iam.googleapis.com/'

/** The audiences that a provider without allowed ones takes (IAM REST reference, Oidc.allowedAudiences). */
export function defaultAudiences(name: string): readonly string[] {
  return [`https:${audiencePrefix}${name}`, `${audiencePrefix}${name}`]
}
