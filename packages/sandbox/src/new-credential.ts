import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { FederateError } from '@federate/core'
import { exportJWK, type JWK } from 'jose'

const generateRsa = promisify(generateKeyPair)

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

export async function newSecret(): Promise<string> {
  return randomBytes(32).toString('base64url')
}

/** A private key for a JWA algorithm (RFC 7518, RFC 8037; default: RS256), in PEM, encrypted where there is a passphrase. */
export async function newPrivateKey(algorithm = 'RS256', passphrase?: string): Promise<string> {
  const { privateKey } = await newKeyPair(algorithm)
  return pemOf(privateKey, passphrase)
}

export function pemOf(key: KeyObject, passphrase?: string): string {
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }
  return key.export({ type: 'pkcs8', format: 'pem', ...encryption }).toString()
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
export async function publicJwk(
  privateKey: string,
  named: { keyId?: string; algorithm?: string },
  passphrase?: string,
): Promise<JWK> {
  const own = privateKey.trimStart().startsWith('{') ? jwkMembers(privateKey) : undefined
  const key = createPublicKey(readKey(privateKey, own, passphrase))
  const keyId = named.keyId ?? own?.['kid']
  const algorithm = named.algorithm ?? own?.['alg']
  return {
    ...(await exportJWK(key)),
    use: 'sig',
    ...(keyId === undefined ? {} : { kid: keyId }),
    ...(algorithm === undefined ? {} : { alg: algorithm }),
  }
}

function readKey(text: string, jwk: Record<string, string> | undefined, passphrase: string | undefined): KeyObject {
  try {
    if (jwk !== undefined) return createPrivateKey({ key: jwk, format: 'jwk' })
    return createPrivateKey(passphrase === undefined ? text : { key: text, passphrase })
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
    problem:
      'What a service has as its private key is neither a private key in PEM, opened by its passphrase if it has one, nor one as a JWK.',
    next: 'Correct the file or variable, or remove it: the sandbox makes a new key where there is none.',
  })
}
