import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Fetch } from '@federate/core'
import { type CryptoKey, SignJWT } from 'jose'
import { Refusal } from './refusal.ts'

export const issuerUrl = 'https://kc.example.com/realms/prod'
const jwksUrl = `${issuerUrl}/protocol/openid-connect/certs`
export const audience = 'api://orders'
/** Milliseconds since the epoch at which the tests take place. */
export const start = Date.parse('2026-11-20T12:00:00Z')

/** A key of an issuer: to sign with, and as it is published. */
export interface IssuerKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly jwk: Readonly<Record<string, unknown>>
}

export function newKey(kid: string, alg = 'ES256'): IssuerKey {
  const { privateKey, publicKey } = keyPair(alg)
  return { kid, alg, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } }
}

function keyPair(alg: string) {
  if (/^[RP]S/.test(alg)) return generateKeyPairSync('rsa', { modulusLength: 2048 })
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

/** The claims of a service account's token, as Keycloak writes them. */
export function keycloakClaims(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const now = Math.floor(start / 1000)
  return {
    ...{ exp: now + 300, iat: now, jti: 'trrtcc:4c1ca4c7', iss: issuerUrl, aud: audience, sub: '8e8b1f0c-5d4e' },
    ...{ typ: 'Bearer', azp: 'billing', acr: '1', scope: 'api://orders' },
    resource_access: { [audience]: { roles: ['reader'] } },
    ...more,
  }
}

export async function sign(
  key: Pick<IssuerKey, 'kid' | 'alg'> & { readonly privateKey: KeyObject | CryptoKey },
  claims: Readonly<Record<string, unknown>> = keycloakClaims(),
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: key.alg, typ: 'JWT', kid: key.kid, ...header })
    .sign(key.privateKey)
}

/** A token whose header and payload are these texts to the letter, signed with ES256. */
export async function signText(key: IssuerKey, header: string, payload: string): Promise<string> {
  const { sign: signBytes } = await import('node:crypto')
  const input = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`
  const options = { key: key.privateKey, dsaEncoding: 'ieee-p1363' as const }
  return `${input}.${signBytes('sha256', Buffer.from(input), options).toString('base64url')}`
}

/** An issuer in this process: what it publishes can be changed, and what it was asked is counted. */
export class FakeIssuer {
  keys: readonly IssuerKey[]
  /** Instead of the keys. */
  jwks: string | undefined
  discovery: Record<string, unknown> = {
    issuer: issuerUrl,
    jwks_uri: jwksUrl,
    introspection_endpoint: `${issuerUrl}/introspect`,
  }
  /** Whether it cannot be reached. */
  down = false
  /** What it says of every token that it is asked about. */
  active = true
  introspectionStatus = 200
  readonly asked: string[] = []
  /** Answers wait for it. */
  gate: Promise<void> = Promise.resolve()

  constructor(...keys: readonly IssuerKey[]) {
    this.keys = keys
  }

  /** How often the keys were asked for. */
  get keyRequests(): number {
    return this.asked.filter((url) => url === jwksUrl).length
  }

  readonly fetch: Fetch = async (url, init) => {
    this.asked.push(url)
    await this.gate
    init.signal.throwIfAborted()
    if (this.down) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    if (url.endsWith('/introspect')) return answer({ active: this.active }, this.introspectionStatus)
    if (url.endsWith('/openid-configuration')) return answer(this.discovery)
    if (url === jwksUrl) return answer(this.jwks ?? { keys: this.keys.map(({ jwk }) => jwk) })
    return answer({}, 404)
  }
}

function answer(body: unknown, status = 200) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return {
    status,
    headers: { get: () => 'application/json' },
    body: (async function* () {
      yield new TextEncoder().encode(text)
    })(),
  }
}

/** The refusal that some work ends with; fails if there is none, or another error. */
export async function refusalOf(work: () => unknown): Promise<Refusal> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error('nothing was refused')
}
