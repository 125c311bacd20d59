import { FederateError } from '../errors.ts'
import { type AssertionHeader, assertionHeader } from './client-assertion.ts'

/** A key that signs and cannot be read: in a smart card, a hardware module, a key service. */
export interface OwnSigner {
  /** JWA name (RFC 7518, RFC 8037) of what `sign` does: `RS256`, `PS256`, `ES256`, `EdDSA`. */
  readonly algorithm: string
  readonly keyId?: string | undefined
  /**
   * Signs the bytes of header and claims (the JWS signing input, RFC 7515 section 5.1). For ECDSA the signature is R and S
   * side by side (RFC 7518 section 3.4), not the ASN.1 of OpenSSL and most modules: `dsaEncoding: 'ieee-p1363'` in Node.
   */
  readonly sign: (signingInput: Uint8Array) => Uint8Array | Promise<Uint8Array>
}

const ecdsaBytes: Readonly<Record<string, number>> = { ES256: 64, ES384: 96, ES512: 132 }

/** @throws FederateError `SIGN_FAILED` (failed) with what `sign` threw as its cause, or when what it gave is no signature. */
export async function signWithFunction(claims: object, signer: OwnSigner & AssertionHeader): Promise<string> {
  const input = `${encoded(assertionHeader(signer))}.${encoded(claims)}`
  const signature = await signatureOf(signer, new TextEncoder().encode(input))
  return `${input}.${Buffer.from(signature).toString('base64url')}`
}

async function signatureOf({ algorithm, sign }: OwnSigner, input: Uint8Array): Promise<Uint8Array> {
  let signature: unknown
  try {
    signature = await sign(input)
  } catch (cause) {
    throw failed(`The function that signs with ${algorithm} failed.`, 'Look at the cause: it is what it threw.', cause)
  }
  if (!(signature instanceof Uint8Array) || signature.byteLength === 0) {
    throw failed(
      `The function that signs with ${algorithm} gave no bytes.`,
      'Have it return the signature as a Uint8Array.',
    )
  }
  const expected = ecdsaBytes[algorithm]
  if (expected === undefined || signature.byteLength === expected) return signature
  throw failed(
    `The function that signs with ${algorithm} gave ${signature.byteLength} bytes, where ${expected} were expected: R and S side by side (RFC 7518 section 3.4).`,
    signature[0] === 0x30
      ? 'Convert its signature from ASN.1 (DER), which it looks like; in Node, sign with dsaEncoding "ieee-p1363".'
      : 'Check that the key is on the curve of this algorithm.',
  )
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function failed(problem: string, next: string, cause?: unknown): FederateError {
  return new FederateError({
    code: 'SIGN_FAILED',
    outcome: 'failed',
    problem,
    next,
    ...(cause === undefined ? {} : { cause }),
  })
}
