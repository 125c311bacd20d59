import {
  createHash,
  createPrivateKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { isIP } from 'node:net'
import { promisify } from 'node:util'
import { distinguishedName } from './issuer/certificate.ts'
import { bitString, element, integer, sequence, utcTime } from './issuer/distinguished-encoding.ts'
import { pemOf } from './new-credential.ts'

/** A certificate and its key, PEM both. */
export interface CertificatePair {
  readonly certificate: string
  readonly key: string
}

const name = 'federate sandbox'
const day = 86_400_000
const lifetimes = { authority: 3_650 * day, other: 365 * day }

/** An authority for the certificates of one sandbox's issuer and of its clients (X.509 version 3, RFC 5280; ECDSA on P-256). */
export class CertificateAuthority {
  readonly pair: CertificatePair
  readonly #certificate: X509Certificate
  readonly #key: KeyObject

  /** @throws Error of OpenSSL when one of the two is none, or they do not belong together. */
  constructor(pair: CertificatePair) {
    this.pair = pair
    this.#certificate = new X509Certificate(pair.certificate)
    this.#key = createPrivateKey(pair.key)
    if (!this.#certificate.checkPrivateKey(this.#key)) throw new Error('The key is not that of the certificate.')
  }

  static async make(now: Date): Promise<CertificateAuthority> {
    const { publicKey, privateKey } = await newKeyPair()
    const extensions = [
      extension(basicConstraints, authorityOnly, critical),
      extension(keyUsage, certificateSigning, critical),
      extension(subjectKeyId, element(0x04, keyIdOf(publicKey))),
    ]
    const certificate = signed(privateKey, { holder: name, publicKey, now, life: lifetimes.authority, extensions })
    return new CertificateAuthority({ certificate, key: pemOf(privateKey) })
  }

  /** A certificate for a server under these names and addresses. */
  async issueForServer(names: readonly string[], now: Date): Promise<CertificatePair> {
    const alternatives = sequence(...names.map(generalName))
    return this.#issue(names[0] ?? name, now, [
      extension(subjectAltName, alternatives),
      extension(extendedUse, serverUse),
    ])
  }

  /** A certificate with the subject `CN=<name>`, for a client. */
  async issueForClient(commonName: string, now: Date): Promise<CertificatePair> {
    return this.#issue(commonName, now, [extension(extendedUse, clientUse)])
  }

  issued(certificate: X509Certificate): boolean {
    return certificate.checkIssued(this.#certificate) && certificate.verify(this.#certificate.publicKey)
  }

  async #issue(holder: string, now: Date, extensions: readonly Buffer[]): Promise<CertificatePair> {
    const { publicKey, privateKey } = await newKeyPair()
    const issuer = extension(authorityKeyId, sequence(element(0x80, keyIdOf(this.#certificate.publicKey))))
    const contents = { holder, publicKey, now, life: lifetimes.other, extensions: [...extensions, issuer] }
    return { certificate: signed(this.#key, contents), key: pemOf(privateKey) }
  }
}

interface Contents {
  readonly holder: string
  readonly publicKey: KeyObject
  readonly now: Date
  /** Milliseconds. */
  readonly life: number
  readonly extensions: readonly Buffer[]
}

function signed(issuerKey: KeyObject, { holder, publicKey, now, life, extensions }: Contents): string {
  const contents = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(randomBytes(8)),
    ecdsaWithSha256,
    distinguishedName(name),
    // Clocks of one machine agree; a test may set its own back a little.
    sequence(utcTime(new Date(now.getTime() - day)), utcTime(new Date(now.getTime() + life))),
    distinguishedName(holder),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions)),
  )
  const der = sequence(contents, ecdsaWithSha256, bitString(sign('sha256', contents, issuerKey)))
  return new X509Certificate(der).toString()
}

function newKeyPair(): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  return promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
}

/** As RFC 7093 section 2 makes it: 160 bits of a SHA-256. */
function keyIdOf(key: KeyObject): Buffer {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20)
}

const objectId = (hex: string) => element(0x06, Buffer.from(hex, 'hex'))
const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'))
const subjectKeyId = objectId('551d0e')
const authorityKeyId = objectId('551d23')
const basicConstraints = objectId('551d13')
const keyUsage = objectId('551d0f')
const subjectAltName = objectId('551d11')
const extendedUse = objectId('551d25')

const yes = element(0x01, Buffer.from([0xff]))
const critical = yes
const authorityOnly = sequence(yes)
/** keyCertSign alone: the sixth bit. */
const certificateSigning = element(0x03, Buffer.from([2, 0b100]))
const serverUse = sequence(objectId('2b06010505070301'))
const clientUse = sequence(objectId('2b06010505070302'))

function extension(id: Buffer, value: Buffer, ...isCritical: readonly Buffer[]): Buffer {
  return sequence(id, ...isCritical, element(0x04, value))
}

/** A DNS name or an IP address (RFC 5280 section 4.2.1.6). */
function generalName(text: string): Buffer {
  if (isIP(text) === 4) return element(0x87, Buffer.from(text.split('.').map(Number)))
  // Of version 6 the sandbox serves loopback alone.
  if (isIP(text) === 6) return element(0x87, Buffer.from([...Array.from({ length: 15 }, () => 0), 1]))
  return element(0x82, Buffer.from(text, 'ascii'))
}
