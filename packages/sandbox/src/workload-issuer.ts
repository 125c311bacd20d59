import { generateKeyPair, type KeyObject, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import type { Now, Seconds } from '@federate/core'
import { exportJWK, SignJWT } from 'jose'
import type { FederatedCredential, TrustedIssuer } from './issuer/realm.ts'

const keyId = 'workloads'

/** Seconds that an assertion lives. */
export const assertionLifetime: Seconds = 300

/** Plays the system that signs for services in place of themselves: Kubernetes, SPIFFE, a CI system. */
export class WorkloadIssuer {
  readonly trusted: TrustedIssuer
  readonly #key: KeyObject

  constructor(trusted: TrustedIssuer, key: KeyObject) {
    this.trusted = trusted
    this.#key = key
  }

  static async make(): Promise<WorkloadIssuer> {
    const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    const jwk = { ...(await exportJWK(publicKey)), kid: keyId, use: 'sig', alg: 'RS256' }
    return new WorkloadIssuer({ name: 'workloads', issuer: 'urn:federate:sandbox', jwks: { keys: [jwk] } }, privateKey)
  }

  /** By what the realm knows a service. */
  credentialOf(service: string): FederatedCredential {
    return { trustedIssuer: this.trusted.name, subject: `workload:${service}` }
  }

  /** @param audience the issuer that the service shows it to */
  assertion(service: string, audience: string, now: Now): Promise<string> {
    const seconds = Math.floor(now() / 1000)
    return new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: keyId })
      .setIssuer(this.trusted.issuer)
      .setSubject(this.credentialOf(service).subject)
      .setAudience(audience)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + assertionLifetime)
      .sign(this.#key)
  }
}
