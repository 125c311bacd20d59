import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { FederateError } from '../errors.ts'
import { foundIn } from '../found-in.ts'
import type { ClientCertificate, Now } from '../network/fetch.ts'

/** Where the two were found, for messages: `file /etc/service.crt`. Default: it is not said. */
export interface CertificatePlaces {
  readonly certificate?: string | undefined
  readonly key?: string | undefined
}

/**
 * Checks a certificate and its key before a TLS handshake is tried with them, because what OpenSSL and the server say then
 * explains little.
 *
 * @throws FederateError `CERTIFICATE_UNREADABLE`, `CERTIFICATE_KEY_UNREADABLE`, `KEY_ENCRYPTED`, `KEY_PASSPHRASE` (usage),
 *   `CERTIFICATE_KEY_MISMATCH` (failed; `details.transient`, because a renewal replaces two files one after the other),
 *   `CERTIFICATE_EXPIRED`, `CERTIFICATE_NOT_YET_VALID` (failed).
 */
export function checkClientCertificate(
  pair: ClientCertificate,
  now: Now,
  places: CertificatePlaces = {},
): ClientCertificate {
  const certificate = foundIn(places.certificate, () => readCertificate(pair.certificate))
  const key = foundIn(places.key, () => readKey(pair))
  refuseUnfit(certificate, key, now, places)
  return pair
}

/**
 * The SHA-256 thumbprint of a certificate's DER form, as the header `x5t#S256` has it (RFC 7515 section 4.1.8).
 *
 * @throws FederateError `CERTIFICATE_UNREADABLE` (usage), `CERTIFICATE_EXPIRED`, `CERTIFICATE_NOT_YET_VALID` (failed), and
 *   `CERTIFICATE_KEY_MISMATCH` (failed) for a key that is not the certificate's; without a key, none is compared.
 */
export function certificateThumbprint(
  pem: string,
  key: KeyObject | undefined,
  now: Now,
  places: CertificatePlaces = {},
): string {
  const certificate = foundIn(places.certificate, () => readCertificate(pem))
  refuseUnfit(certificate, key, now, places)
  return createHash('sha256').update(certificate.raw).digest('base64url')
}

function refuseUnfit(
  certificate: X509Certificate,
  key: KeyObject | undefined,
  now: Now,
  places: CertificatePlaces,
): void {
  if (key !== undefined && !certificate.checkPrivateKey(key)) throw mismatch(certificate, places)
  foundIn(places.certificate, () => checkValidity(certificate, now))
}

function checkValidity(certificate: X509Certificate, now: Now): void {
  const [from, until] = [new Date(certificate.validFrom), new Date(certificate.validTo)]
  if (until.getTime() <= now()) {
    throw invalid(
      'CERTIFICATE_EXPIRED',
      certificate,
      `expired at ${until.toISOString()}; it is ${new Date(now()).toISOString()} now`,
      'Renew the certificate, and check what should have renewed it.',
    )
  }
  if (from.getTime() > now()) {
    throw invalid(
      'CERTIFICATE_NOT_YET_VALID',
      certificate,
      `is valid from ${from.toISOString()}; it is ${new Date(now()).toISOString()} now`,
      "Set this host's clock; if it is right, wait, or have the certificate issued with an earlier start.",
    )
  }
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw new FederateError({
      code: 'CERTIFICATE_UNREADABLE',
      outcome: 'usage',
      problem: `What was given as the client certificate is ${found(pem)}; an X.509 certificate in PEM was expected, the client's own first, then those between it and the root.`,
      next: 'Check the path, and that the certificate was copied whole.',
    })
  }
}

function found(pem: string): string {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY/.test(pem)) return 'a private key'
  if (pem.includes('-----BEGIN CERTIFICATE REQUEST')) return 'a request for a certificate'
  return pem.includes('-----BEGIN CERTIFICATE') ? 'a certificate that cannot be decoded' : 'no certificate in PEM'
}

const encryptedArmour = /-----BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m

function readKey({ key, passphrase = '' }: ClientCertificate): KeyObject {
  try {
    // Without a passphrase OpenSSL would ask for one on the terminal.
    return createPrivateKey({ key, passphrase })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw encryptedArmour.test(key) ? notOpened(passphrase, code) : keyUnreadable(code)
  }
}

function notOpened(passphrase: string, code: string): FederateError {
  const why = passphrase === '' ? 'no passphrase was given' : 'the passphrase that was given does not open it'
  return new FederateError({
    code: passphrase === '' ? 'KEY_ENCRYPTED' : 'KEY_PASSPHRASE',
    outcome: 'usage',
    problem: `The private key of the client certificate is encrypted, and ${why}${code}.`,
    next: 'Give the passphrase of this very key, by a file or an environment variable.',
  })
}

function keyUnreadable(code: string): FederateError {
  return new FederateError({
    code: 'CERTIFICATE_KEY_UNREADABLE',
    outcome: 'usage',
    problem: `The private key of the client certificate cannot be decoded${code}; a private key in PEM was expected.`,
    next: 'Check the path, and that the key was copied whole.',
  })
}

function mismatch(certificate: X509Certificate, places: CertificatePlaces): FederateError {
  const within = (place: string | undefined) => (place === undefined ? '' : ` in the ${place}`)
  return new FederateError({
    code: 'CERTIFICATE_KEY_MISMATCH',
    outcome: 'failed',
    problem: `The private key${within(places.key)} does not belong to the client certificate ${nameOf(certificate)}${within(places.certificate)}.`,
    next: 'Give the key that the certificate was requested with; if both are being renewed just now, try again.',
    details: { transient: true },
  })
}

function invalid(code: string, certificate: X509Certificate, what: string, next: string): FederateError {
  return new FederateError({
    code,
    outcome: 'failed',
    problem: `The client certificate ${nameOf(certificate)} ${what}.`,
    next,
  })
}

function nameOf({ subject, serialNumber }: X509Certificate): string {
  return `${(subject ?? '').split('\n').join(', ') || '(without a name)'} (serial number ${serialNumber})`
}
