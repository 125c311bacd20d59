import { limits } from '@federate/azure/rules'
import { type Fetch, isLoopbackHost, type Now } from '@federate/core'
import type { JWK } from 'jose'

const timeout = 5000
const cacheTime = 60_000
const bodyLimit = 256 * 1024

/** Fetches the keys of issuers, as Entra does: discovery first, no redirects, the first hundred keys, kept for a while. */
export class IssuerKeys {
  readonly #fetch: Fetch
  readonly #now: Now
  readonly #kept = new Map<string, { readonly at: number; readonly keys: Promise<readonly JWK[] | undefined> }>()

  constructor(fetch: Fetch, now: Now) {
    this.#fetch = fetch
    this.#now = now
  }

  /** The keys of an issuer; `undefined` when discovery or keys cannot be had. An unknown key id makes it look again. */
  async keys(issuer: string, keyId: unknown): Promise<readonly JWK[] | undefined> {
    const kept = await this.#keptKeys(issuer)
    if (kept?.some((key) => key.kid === keyId) === true) return kept
    this.#kept.delete(issuer)
    return this.#keptKeys(issuer)
  }

  async #keptKeys(issuer: string): Promise<readonly JWK[] | undefined> {
    const entry = this.#kept.get(issuer)
    if (entry !== undefined && this.#now() - entry.at < cacheTime) return entry.keys
    const keys = this.#fetchKeys(issuer)
    this.#kept.set(issuer, { at: this.#now(), keys })
    if ((await keys) === undefined) this.#kept.delete(issuer)
    return keys
  }

  async #fetchKeys(issuer: string): Promise<readonly JWK[] | undefined> {
    const discovery = await this.#json(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
    if (!isRecord(discovery) || discovery['issuer'] !== issuer) return undefined
    const uri = discovery['jwks_uri']
    const document = typeof uri === 'string' ? await this.#json(uri) : undefined
    const keys: unknown = isRecord(document) ? document['keys'] : undefined
    return Array.isArray(keys) ? keys.slice(0, limits.keysPerIssuer).filter(isSigningKey) : undefined
  }

  /** Any failure is one answer. http is for loopback only: the sandbox's marked exception. */
  async #json(url: string): Promise<unknown> {
    try {
      const { protocol, hostname } = new URL(url)
      if (protocol !== 'https:' && !isLoopbackHost(hostname)) return undefined
      const signal = AbortSignal.timeout(timeout)
      const headers = { accept: 'application/json' }
      const response = await this.#fetch(url, { method: 'GET', headers, redirect: 'manual', signal })
      if (response.status !== 200 || response.body === null) return undefined
      return JSON.parse(await whole(response.body))
    } catch {
      return undefined
    }
  }
}

async function whole(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > bodyLimit) throw new Error('The document is too long.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Keys carry a kid and serve signatures (Microsoft Entra, workload-identity-federation-spiffe-spire: use sig). */
function isSigningKey(key: unknown): key is JWK {
  return isRecord(key) && typeof key['kid'] === 'string' && typeof key['kty'] === 'string' && key['use'] !== 'enc'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
