import { randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 bits that no other process knows, in letters that a header takes. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** Compares in a time that says nothing about where two texts differ. */
export function sameSecret(given: string | undefined, secret: Uint8Array): boolean {
  if (given === undefined) return false
  const bytes = Buffer.from(given)
  return bytes.length === secret.length && timingSafeEqual(bytes, secret)
}
