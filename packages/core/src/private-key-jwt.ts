import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose/jwt/sign'
import type { ClientAuthentication, ClientProof, ProofRequest } from './client-authentication.ts'
import { type PrivateKey, type PrivateKeyOptions, readPrivateKey } from './private-key.ts'
import type { SecretOptions } from './secret.ts'
import { holdSecret, type SecretSource } from './secret-holder.ts'
import type { SecretReference } from './service.ts'

/** Where the key is: a file or environment variable with a PEM or JWK, or the key itself. */
export type PrivateKeySource = SecretReference | { readonly pem: string } | { readonly jwk: object }

export type PrivateKeyJwtOptions = PrivateKeySource & SecretOptions & PrivateKeyOptions

const lifetime = 60

/**
 * Authentication by a signed assertion (RFC 7523 section 2.2, OpenID Connect Core 1.0 section 9) with `aud` = the issuer
 * identifier, living 60 seconds, with a `jti` of its own each. The key is read at the first use, and again when the issuer
 * refuses it.
 *
 * Options: `keyId` (default: the JWK's `kid`; without one no `kid` is sent, and the issuer tries its keys of the client)
 * and `algorithm` (default: the JWK's `alg`, else RS256, ES256/384/512 by curve, or EdDSA).
 *
 * `authenticate` throws the errors of `readSecret` and `readPrivateKey`.
 */
export function privateKeyJwt(options: PrivateKeyJwtOptions): ClientAuthentication {
  const holder = holdSecret(secretSource(options), options)
  let parsed: { readonly text: string; readonly key: PrivateKey } | undefined
  const key = async (): Promise<PrivateKey> => {
    const text = await holder.get()
    if (parsed?.text !== text) parsed = { text, key: readPrivateKey(text, options) }
    return parsed.key
  }
  return {
    method: 'private_key_jwt',
    authenticate: async (request) => proof(await key(), request),
    reload: holder.reload,
  }
}

function secretSource(options: PrivateKeySource): SecretSource {
  if ('pem' in options) return { value: options.pem }
  if ('jwk' in options) return { value: JSON.stringify(options.jwk) }
  return options
}

async function proof({ key, algorithm, keyId }: PrivateKey, request: ProofRequest): Promise<ClientProof> {
  const issuedAt = Math.floor(request.now() / 1000)
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) })
    .setIssuer(request.clientId)
    .setSubject(request.clientId)
    .setAudience(request.issuer)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetime)
    .sign(key)
  return {
    headers: {},
    parameters: {
      client_id: request.clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    },
    secrets: [assertion],
  }
}
