import { limits } from '@federate/azure/rules'
import { type Fetch, isLoopbackHost, type Now } from '@federate/core'
import type { JWK } from 'jose'
import { issuerDocument, KeptKeys } from '../../issuer-documents.ts'

/** Fetches the keys of issuers, as Entra does: discovery first, no redirects, the first hundred keys, kept for a while. */
export class IssuerKeys {
  readonly #fetch: Fetch
  readonly #kept: KeptKeys

  constructor(fetch: Fetch, now: Now) {
    this.#fetch = fetch
    this.#kept = new KeptKeys((issuer) => this.#fetchKeys(issuer), now)
  }

  /** The keys of an issuer; `undefined` when discovery or keys cannot be had. An unknown key id makes it look again. */
  async keys(issuer: string, keyId: unknown): Promise<readonly JWK[] | undefined> {
    const kept = await this.#kept.get(issuer)
    if (kept?.some((key) => key.kid === keyId) === true) return kept
    this.#kept.forget(issuer)
    return this.#kept.get(issuer)
  }

  async #fetchKeys(issuer: string): Promise<readonly JWK[] | undefined> {
    const discovery = await this.#json(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
    if (discovery?.['issuer'] !== issuer) return undefined
    const uri = discovery['jwks_uri']
    const document = typeof uri === 'string' ? await this.#json(uri) : undefined
    const keys = document?.['keys']
    return Array.isArray(keys) ? keys.slice(0, limits.keysPerIssuer).filter(isSigningKey) : undefined
  }

  /** http is for loopback only: the sandbox's marked exception. */
  async #json(url: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const parsed = URL.parse(url)
    if (parsed?.protocol !== 'https:' && !isLoopbackHost(parsed?.hostname ?? '')) return undefined
    return issuerDocument(url, this.#fetch)
  }
}

/** Keys carry a kid and serve signatures (Microsoft Entra, workload-identity-federation-spiffe-spire: use sig). */
function isSigningKey(key: unknown): key is JWK {
  return isRecord(key) && typeof key['kid'] === 'string' && typeof key['kty'] === 'string' && key['use'] !== 'enc'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
