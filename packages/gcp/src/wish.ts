import { sharedAudience } from './target.ts'

/** What an administrator wants of Google Cloud for one service: a target in federate.yaml, checked and with its defaults. */
export interface GcpWish {
  /** The project's id: `acme-prod`. */
  readonly project: string
  /** Its number, where it must be known before Google is asked. */
  readonly projectNumber?: string | undefined
  /** Default: made from the owner and the name of the issuer. */
  readonly pool?: string | undefined
  /** Default: the issuer's kind. */
  readonly provider?: string | undefined
  /** The account to become: an id, which federate makes in the project, or the email address of one that is there. */
  readonly serviceAccount?: string | undefined
  /** Roles on the project: for the service account that federate makes, or for the service itself where there is none. */
  readonly roles: readonly string[]
  /** `shared`, `provider` (the provider's own name), `client` (the client id, for issuers one cannot change), or any other. */
  readonly audience: string
  /** The audience that tokens for this target must be issued for, where it is not the one that all targets share. */
  readonly tokenAudience?: string | undefined
  /** CEL expressions by attribute. Default: `google.subject` is `assertion.sub`. */
  readonly mapping?: Readonly<Record<string, string>> | undefined
  /** A CEL expression. Default: made from the subjects of the services. */
  readonly condition?: string | undefined
  /** Who the service is by the mapping: `subject/…`, `group/…`, `attribute.<name>/…`. Default: `subject/<its subject>`. */
  readonly member?: string | undefined
  /** `uploaded`: the provider holds a copy of the issuer's keys. Default: where Google cannot reach the issuer. */
  readonly keys?: 'published' | 'uploaded' | undefined
  /** How long the service account's access tokens live, in seconds. */
  readonly lifetimeSeconds: number
  readonly scopes: readonly string[]
  /** A region, for the regional STS. */
  readonly location?: string | undefined
  readonly universe?: string | undefined
}

/** The audience that the tokens of a target must have. @param provider its full name. */
export function audienceOf({ audience }: Pick<GcpWish, 'audience'>, provider: string, clientId: string): string {
  if (audience === 'shared') return sharedAudience
  if (audience === 'client') return clientId
  return audience === 'provider' ? `https://iam.googleapis.com/${provider}` : audience
}
