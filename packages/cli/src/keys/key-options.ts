import { X509Certificate } from 'node:crypto'
import { resolve } from 'node:path'
import { FederateError, parseDuration } from '@federate/core'
import type { Grants, KeyCredential } from '@federate/keycloak/keys'
import { fileText } from '../file-text.ts'
import type { Terminal } from '../terminal.ts'
import type { SigningKey } from './programs.ts'

export interface CredentialFlags {
  jwks?: string
  jwksUrl?: string
  certificate?: string
}

/** How the customer will prove itself: by a secret, unless a flag says otherwise. */
export async function credentialOf(flags: CredentialFlags, terminal: Terminal): Promise<KeyCredential> {
  const { jwks, jwksUrl, certificate } = flags
  const placeOf = (file: string) => `file ${resolve(terminal.cwd, file)}`
  if (jwks !== undefined) return { kind: 'jwks', jwks: await fileText(jwks, terminal), place: placeOf(jwks) }
  if (jwksUrl !== undefined) return { kind: 'jwks-url', url: jwksUrl }
  if (certificate !== undefined)
    return { kind: 'certificate', pem: await fileText(certificate, terminal), place: placeOf(certificate) }
  return { kind: 'secret' }
}

/** `--api orders --role reader`, or with several APIs `--role orders:reader`. */
export function grantsOf(apis: readonly string[], roles: readonly string[]): Grants {
  const grants = new Map<string, string[]>(apis.map((api) => [api, []]))
  const [only, another] = apis
  for (const role of roles) {
    const separator = role.indexOf(':')
    const api = separator === -1 && another === undefined ? only : role.slice(0, Math.max(separator, 0))
    const granted = grants.get(api ?? '')
    if (granted === undefined) throw roleWithoutApi(role, apis)
    granted.push(role.slice(separator + 1))
  }
  return grants
}

/** A day (`2027-01-31`), a moment of ISO 8601, a number of days (`90d`), or a duration as elsewhere (`12h`). */
export function expiryOf(text: string, now: number): Date {
  const [, days] = /^(\d{1,5})d$/.exec(text) ?? []
  if (days !== undefined) return new Date(now + Number(days) * 86_400_000)
  if (/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text)) {
    const moment = Date.parse(text)
    if (!Number.isNaN(moment)) return new Date(moment)
  }
  if (/^\d+[hms]/.test(text)) return new Date(now + parseDuration(text) * 1000)
  throw new FederateError({
    code: 'EXPIRY_INVALID',
    outcome: 'usage',
    problem: `"${text}" is no moment that a key could expire at.`,
    next: 'Give a day such as 2027-01-31, a moment such as 2027-01-31T12:00:00Z, or a time from now such as 90d.',
  })
}

/** How the customer's programs will sign, as far as what was given tells. */
export function signingKeyOf(credential: KeyCredential): SigningKey {
  if (credential.kind === 'jwks') return ofJwk(JSON.parse(credential.jwks))
  if (credential.kind !== 'certificate') return { algorithm: 'RS256', keyId: undefined }
  return ofJwk({ keys: [new X509Certificate(credential.pem).publicKey.export({ format: 'jwk' })] })
}

const curveAlgorithms: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }

interface Jwk {
  readonly kty?: string | undefined
  readonly alg?: unknown
  readonly crv?: string | undefined
  readonly kid?: unknown
}

function ofJwk({ keys }: { readonly keys: readonly Jwk[] }): SigningKey {
  const { kty, alg, crv, kid } = keys[0] ?? {}
  const usual = kty === 'EC' ? curveAlgorithms[crv ?? ''] : kty === 'OKP' ? 'EdDSA' : 'RS256'
  return {
    algorithm: typeof alg === 'string' ? alg : (usual ?? 'RS256'),
    keyId: typeof kid === 'string' ? kid : undefined,
  }
}

function roleWithoutApi(role: string, apis: readonly string[]): FederateError {
  return new FederateError({
    code: 'KEY_ROLE_WITHOUT_API',
    outcome: 'usage',
    problem: `--role ${role} does not say which API it is of; there are: ${apis.join(', ') || 'none'}.`,
    next: `Write it as --role ${apis[0] ?? 'orders'}:${role.slice(role.indexOf(':') + 1)}.`,
  })
}
