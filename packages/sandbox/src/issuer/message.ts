/** A request as the issuer sees it, free of Node's streams. */
export interface IssuerRequest {
  readonly method: string
  /** Path of the URL, as sent. */
  readonly path: string
  /** The `Authorization` header. */
  readonly authorization?: string
  readonly contentType?: string
  /** The subject of the client's certificate in the TLS handshake, as RFC 4514 writes it: `CN=billing,O=Acme`. */
  readonly certificateSubject?: string
  readonly body: string
}

export interface IssuerAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What Keycloak sends with every answer of a realm (26.7.4). */
const securityHeaders = {
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-robots-tag': 'none',
}

export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): IssuerAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers, ...securityHeaders },
    body: JSON.stringify(value),
  }
}

/** An answer that says all by its status. */
export function emptyAnswer(status: number, headers: Record<string, string> = {}): IssuerAnswer {
  return { status, headers: { ...headers, ...securityHeaders }, body: '' }
}

/** A request that an endpoint refuses, in Keycloak's words. */
export class Refusal extends Error {
  readonly status: number
  readonly error: string

  constructor(status: number, error: string, description: string) {
    super(description)
    this.status = status
    this.error = error
  }

  answer(headers: Record<string, string> = {}): IssuerAnswer {
    return jsonAnswer(this.status, { error: this.error, error_description: this.message }, headers)
  }
}

/** RFC 6749 section 5.1: answers with tokens are never stored. */
export const tokenHeaders = { 'cache-control': 'no-store', pragma: 'no-cache' }
