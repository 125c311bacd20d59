import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { type CryptoKey, exportJWK, type JWK, jwtVerify, type KeyObject, SignJWT } from 'jose'

/** What an access token says, after it was verified. */
export interface AccessTokenClaims {
  readonly tenant: string
  readonly audience: string
  readonly clientId: string
  readonly principalId: string
}

/** Entra's key: access tokens are real JWTs, so that whoever gets one can verify it. */
export class AccessTokens {
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  readonly #keyId = randomUUID()

  async jwks(): Promise<{ readonly keys: readonly JWK[] }> {
    return { keys: [{ ...(await exportJWK(this.#publicKey)), kid: this.#keyId, use: 'sig' }] }
  }

  async issue(claims: AccessTokenClaims, issuedAt: number, lifetime: number): Promise<string> {
    const { tenant, audience, clientId, principalId } = claims
    return new SignJWT({ tid: tenant, appid: clientId, oid: principalId, idtyp: 'app', ver: '1.0' })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: this.#keyId })
      .setIssuer(`https://sts.windows.net/${tenant}/`)
      .setAudience(audience)
      .setSubject(principalId)
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(issuedAt + lifetime)
      .sign(this.#keys.privateKey)
  }

  /** `undefined` for a token that is none of ours, or has expired. */
  async verify(token: string, now: Date): Promise<AccessTokenClaims | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#publicKey, { currentDate: now, algorithms: ['RS256'] })
      const { tid, aud, appid, oid } = payload
      if (typeof tid !== 'string' || typeof aud !== 'string') return undefined
      return { tenant: tid, audience: aud, clientId: String(appid), principalId: String(oid) }
    } catch {
      return undefined
    }
  }

  get #publicKey(): KeyObject | CryptoKey {
    return this.#keys.publicKey
  }
}
