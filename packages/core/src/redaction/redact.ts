import { createHash } from 'node:crypto'

/** The first 16 hexadecimal digits of a value's SHA-256: enough to tell two tokens apart, useless to an attacker. */
export function fingerprint(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16)
}

// Three base64url parts of which the first is an encoded JSON object: a signed token or an assertion.
const jwt = /\beyJ[\w-]{5,}\.[\w-]{2,}\.[\w-]*/g
const privateKey = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(-----END \1-----|$)/g
const authorization = /\b(Basic|Bearer|DPoP) +[\w+/=.~-]{6,}/gi
const parameter =
  /\b(client_secret|client_assertion|access_token|refresh_token|id_token|assertion|subject_token|WebIdentityToken|SecretAccessKey|SessionToken|password)(=|%3D|"\s*:\s*")([^&\s"<]+)/gi

/**
 * Replaces what must never be printed by a mark that says what stood there.
 *
 * Knows tokens by their shape, private keys by their armour, and secrets by the name of the parameter before them. It
 * is the last line of defence: code that holds a secret does not put it into a message in the first place.
 */
export function redactText(text: string): string {
  return text
    .replace(privateKey, '[private key]')
    .replace(jwt, (token) => `[token sha256:${fingerprint(token)}]`)
    .replace(authorization, '$1 [redacted]')
    .replace(parameter, '$1$2[redacted]')
}
