import { createPublicKey, type KeyObject, randomBytes, sign, type X509Certificate } from 'node:crypto'
import { bitString, element, integer, sequence, utcTime, utf8String } from './distinguished-encoding.ts'

const commonName = element(0x06, Buffer.from('550403', 'hex'))
const sha256WithRsa = sequence(element(0x06, Buffer.from('2a864886f70d01010b', 'hex')), element(0x05))
const tenYears = 10 * 365.25 * 24 * 3_600_000

/** A distinguished name of nothing but a common name. */
export function distinguishedName(name: string): Buffer {
  return sequence(element(0x31, sequence(commonName, utf8String(name))))
}

/** The subject of a certificate, as RFC 4514 writes it: the most special part first. */
export function subjectOf({ subject }: X509Certificate): string {
  return (subject ?? '').split('\n').reverse().join(',')
}

/**
 * A self-signed certificate for an RSA key, as Keycloak puts one into the `x5c` of every RSA key: some verifiers read
 * nothing else. X.509 version 1 (RFC 5280 section 4.1), named after the realm, valid for ten years.
 *
 * @returns the certificate in DER.
 */
export function selfSignedCertificate(privateKey: KeyObject, name: string, now: Date): Buffer {
  const holder = distinguishedName(name)
  const contents = sequence(
    integer(randomBytes(8)),
    sha256WithRsa,
    holder,
    sequence(utcTime(new Date(now.getTime() - 100_000)), utcTime(new Date(now.getTime() + tenYears))),
    holder,
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
  )
  return sequence(contents, sha256WithRsa, bitString(sign('sha256', contents, privateKey)))
}
