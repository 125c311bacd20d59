import { randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 bits that no other process knows, in letters that a header takes. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** A secret as it is compared, and room for what is given. */
export interface Secret {
  readonly bytes: Uint8Array
  readonly given: Uint8Array
}

export function secretOf(value: string): Secret {
  const bytes = Buffer.from(value)
  return { bytes, given: new Uint8Array(bytes.length) }
}

const encoder = new TextEncoder()

/** Compares in a time that says nothing about where two texts differ. */
export function sameSecret(given: string | undefined, secret: Secret): boolean {
  if (given === undefined) return false
  const { read, written } = encoder.encodeInto(given, secret.given)
  return read === given.length && written === secret.bytes.length && timingSafeEqual(secret.given, secret.bytes)
}
