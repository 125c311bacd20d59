import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { FederateError } from '@federate/core'
import { exportJWK, type JWK } from 'jose'

const generateRsa = promisify(generateKeyPair)

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

export async function newSecret(): Promise<string> {
  return randomBytes(32).toString('base64url')
}

/** A private key for a JWA algorithm (RFC 7518, RFC 8037), in PEM. Default: RS256. */
export async function newPrivateKey(algorithm = 'RS256'): Promise<string> {
  const { privateKey } = await newKeyPair(algorithm)
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function newKeyPair(algorithm: string): Promise<{ privateKey: KeyObject }> {
  const curve = curves[algorithm]
  if (curve !== undefined) return promisify(generateKeyPair)('ec', { namedCurve: curve })
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return promisify(generateKeyPair)('ed25519', {})
  return generateRsa('rsa', { modulusLength: 2048 })
}

/**
 * The public half of a private key, in PEM or as a JWK, as it is registered at an issuer.
 *
 * @throws FederateError `SANDBOX_KEY` when the text is no private key.
 */
export async function publicJwk(privateKey: string, named: { keyId?: string; algorithm?: string }): Promise<JWK> {
  const own = privateKey.trimStart().startsWith('{') ? jwkMembers(privateKey) : undefined
  const key = createPublicKey(readKey(privateKey, own))
  const keyId = named.keyId ?? own?.['kid']
  const algorithm = named.algorithm ?? own?.['alg']
  return {
    ...(await exportJWK(key)),
    use: 'sig',
    ...(keyId === undefined ? {} : { kid: keyId }),
    ...(algorithm === undefined ? {} : { alg: algorithm }),
  }
}

function readKey(text: string, jwk: Record<string, string> | undefined): KeyObject {
  try {
    return jwk === undefined ? createPrivateKey(text) : createPrivateKey({ key: jwk, format: 'jwk' })
  } catch {
    // What the parser says may quote the key.
    throw notAKey()
  }
}

function jwkMembers(text: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) throw notAKey()
    return Object.fromEntries(Object.entries(value).filter(([, member]) => typeof member === 'string'))
  } catch {
    throw notAKey()
  }
}

function notAKey(): FederateError {
  return new FederateError({
    code: 'SANDBOX_KEY',
    outcome: 'usage',
    problem: 'What a service has as its private key is neither a private key in PEM nor one as a JWK.',
    next: 'Correct the file or variable, or remove it: the sandbox makes a new key where there is none.',
  })
}
