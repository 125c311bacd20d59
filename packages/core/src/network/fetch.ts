/**
 * The part of `fetch` that federate uses; the global `fetch` fits.
 *
 * It is an interface of its own because the command brings a transport on `node:https`: loading the global one costs a
 * short-lived process more than the request itself.
 */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>

export interface FetchInit {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'
  headers: Record<string, string>
  body?: string
  /** Redirects are never followed: an issuer that redirects is not the issuer that was asked. */
  redirect: 'manual'
  signal: AbortSignal
  /** Presented in the TLS handshake. `nodeFetch` does; the global `fetch` cannot, and the server will miss it. */
  clientCertificate?: ClientCertificate
}

/** A certificate with its private key, both in PEM. */
export interface ClientCertificate {
  /** The client's own first, then those between it and the root. */
  readonly certificate: string
  readonly key: string
  /** Of an encrypted key. */
  readonly passphrase?: string
}

export interface FetchResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: AsyncIterable<Uint8Array> | null
}

/** Where the time comes from: milliseconds since the epoch, as `Date.now`. */
export type Now = () => number
