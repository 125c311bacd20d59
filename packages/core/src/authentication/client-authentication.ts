import type { ClientCertificate, Now } from '../network/fetch.ts'

/** Who asks whom. */
export interface ProofRequest {
  readonly clientId: string
  /** The issuer identifier. */
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly now: Now
}

/** What a request to the token endpoint must carry. */
export interface ClientProof {
  readonly headers: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
  /** Texts that no message may repeat, even if the issuer's answer does. */
  readonly secrets: readonly string[]
  /** Presented in the TLS handshake. */
  readonly clientCertificate?: ClientCertificate
}

/** How a client proves to its issuer who it is. Holds its secret in a closure, so nothing shows it by accident. */
export interface ClientAuthentication {
  /** The method's name in the OAuth registry: `client_secret_basic`, `private_key_jwt`. */
  readonly method: string
  authenticate(request: ProofRequest): Promise<ClientProof>
  /** Reads secret or key again from where it is kept; true if it is another one now. */
  reload(): Promise<boolean>
}
