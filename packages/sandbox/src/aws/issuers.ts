import type { Fetch, Now } from '@federate/core'
import { isLoopbackIssuer } from '@federate/core/rules'
import type { JWK } from 'jose'
import { issuerDocument, KeptKeys } from '../issuer-documents.ts'

const mostKeysOfAKind = 100

/** What STS takes from an issuer's discovery document (OpenID Connect Discovery 1.0 section 3). */
interface Discovery {
  readonly jwksUri: string
}

/** Fetches discovery documents and keys of issuers, as STS does: five seconds, no redirects, keys cached for a minute. */
export class Issuers {
  readonly #fetch: Fetch
  readonly #keys: KeptKeys

  constructor(fetch: Fetch, now: Now) {
    this.#fetch = fetch
    this.#keys = new KeptKeys((url) => this.#fetchKeys(url), now)
  }

  /** The discovery document of a provider, or `undefined` when it cannot be had or is not one. */
  async discover(url: string): Promise<Discovery | undefined> {
    const issuer = issuerOf(url)
    const document = await issuerDocument(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, this.#fetch)
    const lists = ['response_types_supported', 'subject_types_supported', 'id_token_signing_alg_values_supported']
    if (document?.['issuer'] !== issuer) return undefined
    if (lists.some((name) => !Array.isArray(document[name]))) return undefined
    const jwksUri = document['jwks_uri']
    return typeof jwksUri === 'string' && isPublic(jwksUri) ? { jwksUri } : undefined
  }

  /** The key of that id. An id that is not in the cached set is looked for once more at the issuer. */
  async key(url: string, keyId: unknown): Promise<JWK | undefined> {
    const cached = pick(await this.#keys.get(url), keyId)
    if (cached !== undefined) return cached
    this.#keys.forget(url)
    return pick(await this.#keys.get(url), keyId)
  }

  async #fetchKeys(url: string): Promise<readonly JWK[] | undefined> {
    const discovery = await this.discover(url)
    const document = discovery === undefined ? undefined : await issuerDocument(discovery.jwksUri, this.#fetch)
    const keys = document?.['keys']
    return Array.isArray(keys) ? usable(keys) : undefined
  }
}

/** A provider on loopback is contacted by http: the marked exception. */
function issuerOf(url: string): string {
  return isLoopbackIssuer(`http://${url}`) ? `http://${url}` : `https://${url}`
}

function isPublic(url: string): boolean {
  return url.startsWith('https://') || isLoopbackIssuer(url)
}

/** As observed of STS: keys need an id, keys for encryption or with key_ops do not count, more than 100 of a kind none. */
function usable(keys: readonly unknown[]): readonly JWK[] {
  const good = keys.filter(isSigningKey)
  return ['RSA', 'EC'].flatMap((kind) => {
    const ofKind = good.filter((key) => key.kty === kind)
    return ofKind.length > mostKeysOfAKind ? [] : ofKind
  })
}

function isSigningKey(key: unknown): key is JWK {
  if (!isRecord(key) || typeof key['kid'] !== 'string' || key['kid'] === '') return false
  return key['use'] !== 'enc' && key['key_ops'] === undefined && typeof key['kty'] === 'string'
}

/** A token without a key id is verified only while there is a single key. A later key of the same id replaces. */
function pick(keys: readonly JWK[] | undefined, keyId: unknown): JWK | undefined {
  if (keyId === undefined) return keys?.length === 1 ? keys[0] : undefined
  return keys?.findLast((key) => key.kid === keyId)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
