import type { HttpAnswer } from '@federate/core'

/** An answer of Google: an object is its JSON, a text its body. */
export function answered(status: number, body: unknown, url = 'https://sts.googleapis.com/v1/token'): HttpAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { peer: { name: 'Google', prefix: 'GCP' }, url, status, body: text, header: () => undefined }
}

/** How every API but STS says no (google.rpc.Status). */
export function rpcError(code: number, status: string, message: string, details: readonly unknown[] = []): unknown {
  return { error: { code, message, status, details } }
}
