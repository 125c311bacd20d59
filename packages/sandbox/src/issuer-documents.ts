import { type Fetch, type Now, sendRequest, tryJsonObject } from '@federate/core'
import type { JWK } from 'jose'

const timeout = 5
const bodyLimit = 256 * 1024
const cacheTime = 60_000

/** A JSON object that an issuer publishes. Any failure is one answer, `undefined`: why stays between cloud and issuer. */
export async function issuerDocument(
  url: string,
  fetch: Fetch,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const answer = await sendRequest({ fetch, method: 'GET', url, timeout, maximumBytes: bodyLimit })
    return answer.status === 200 ? tryJsonObject(answer) : undefined
  } catch {
    return undefined
  }
}

type Keys = readonly JWK[] | undefined

/** The keys of issuers, kept for a minute; that there are none is not kept. */
export class KeptKeys {
  readonly #fetchKeys: (issuer: string) => Promise<Keys>
  readonly #now: Now
  readonly #kept = new Map<string, { readonly at: number; readonly keys: Promise<Keys> }>()

  constructor(fetchKeys: (issuer: string) => Promise<Keys>, now: Now) {
    this.#fetchKeys = fetchKeys
    this.#now = now
  }

  async get(issuer: string): Promise<Keys> {
    const entry = this.#kept.get(issuer)
    if (entry !== undefined && this.#now() - entry.at < cacheTime) return entry.keys
    const keys = this.#fetchKeys(issuer)
    this.#kept.set(issuer, { at: this.#now(), keys })
    if ((await keys) === undefined) this.#kept.delete(issuer)
    return keys
  }

  forget(issuer: string): void {
    this.#kept.delete(issuer)
  }
}
