import type { CloudCredentials } from './cloud.ts'
import type { RuntimeTarget } from './service-file/service.ts'
import type { Token } from './tokens/token.ts'
import type { TokenRequest } from './tokens/token-source.ts'

/** Where a target's credentials are lent on this host. */
export interface EndpointPlace {
  readonly url: string
  /** What must be sent with every request; where there is a file that holds it, without a newline, SDKs are given that. */
  readonly secret: { readonly value: string; readonly file?: string }
  /** Where the endpoint's own files are, for this target alone. */
  readonly folder: string
}

/** One request, after the endpoint has checked where it comes from and what secret it brings. */
export interface EndpointRequest {
  readonly query: URLSearchParams
}

export interface EndpointAnswer {
  readonly status: number
  /** JSON. */
  readonly body: string
}

/** Whose credentials are lent: one target's, kept fresh. */
export interface Lender<Credentials extends CloudCredentials = CloudCredentials> {
  /**
   * Credentials that live: at once where they are held, as an endpoint answers many times a second.
   *
   * @param other What else they shall be for: the target with changes. Default: the target as it is.
   * @throws FederateError when there are none.
   */
  credentials(other?: RuntimeTarget): Credentials | Promise<Credentials>
  /** A token of the service. */
  token(request?: TokenRequest): Promise<Token>
}

/**
 * How a cloud's own SDKs fetch credentials from a process on their host: the names of variables, the header, the JSON.
 * Serving it is not the cloud's affair.
 */
export interface Endpoint<
  Runtime extends RuntimeTarget = RuntimeTarget,
  Credentials extends CloudCredentials = CloudCredentials,
> {
  /** The header, in small letters, in which SDKs send the secret. */
  readonly secretHeader: string
  /** The variables that point SDKs there, beside those that are set. */
  environment(
    place: EndpointPlace,
    runtime: Runtime,
    env: Readonly<Record<string, string | undefined>>,
  ): Readonly<Record<string, string>>
  /** Files that SDKs read, by their names in the place's folder. They hold the secret. Default: none. */
  files?(
    place: EndpointPlace,
    runtime: Runtime,
    env: Readonly<Record<string, string | undefined>>,
  ): Readonly<Record<string, string>>
  /** Variables that SDKs would prefer to these, or that would mislead them. */
  readonly outranking: readonly string[]
  /** Files of the user's that SDKs would prefer, as `~/.aws/config`; `environment` keeps them out of sight. */
  readonly outrankingFiles: readonly string[]
  /** No promise where the lender needs none. */
  answer(
    request: EndpointRequest,
    lender: Lender<Credentials>,
    runtime: Runtime,
  ): EndpointAnswer | Promise<EndpointAnswer>
  /** A refusal in the form that the SDKs print. */
  refusal(code: string, message: string): string
}
