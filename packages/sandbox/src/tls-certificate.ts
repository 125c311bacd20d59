import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { bitString, element, integer, sequence, utcTime, utf8String } from './issuer/distinguished-encoding.ts'

/** A key with the certificates that prove it, all in PEM. */
export interface TlsCredential {
  readonly key: string
  readonly cert: string
}

/** An authority for servers on loopback, made anew for every sandbox: nobody else has its key, and it is kept nowhere. */
export interface TlsAuthority {
  /** What clients must trust, in PEM. */
  readonly certificate: string
  /** A certificate for localhost, 127.0.0.1 and ::1. */
  issue(): TlsCredential
}

const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'))
const oneDay = 24 * 3_600_000
const life = 30 * oneDay

/** X.509 version 3, ECDSA on P-256, valid for thirty days (RFC 5280 section 4.1). */
export function tlsAuthority(now: Date): TlsAuthority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = 'federate sandbox'
  const certify = (subject: string, key: KeyObject, extensions: readonly Buffer[]) => {
    const serial = randomBytes(16)
    serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0)
    const keyIds = [subjectKeyId(key), authorityKeyId(authority.publicKey)]
    const contents = sequence(
      element(0xa0, integer(Buffer.from([2]))),
      integer(serial),
      ecdsaWithSha256,
      distinguishedName(name),
      sequence(utcTime(new Date(now.getTime() - oneDay)), utcTime(new Date(now.getTime() + life))),
      distinguishedName(subject),
      spki(key),
      element(0xa3, sequence(...extensions, ...keyIds)),
    )
    return pem(sequence(contents, ecdsaWithSha256, bitString(sign('sha256', contents, authority.privateKey))))
  }
  return {
    certificate: certify(name, authority.publicKey, [basicConstraints(true), keyUsage(0x06, 1)]),
    issue: () => {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const cert = certify('localhost', pair.publicKey, [basicConstraints(false), keyUsage(0x80, 7), loopbackNames()])
      return { key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert }
    },
  }
}

function distinguishedName(commonName: string): Buffer {
  return sequence(element(0x31, sequence(objectId('550403'), utf8String(commonName))))
}

function spki(key: KeyObject): Buffer {
  return key.type === 'public'
    ? key.export({ type: 'spki', format: 'der' })
    : createPublicKey(key).export({ type: 'spki', format: 'der' })
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [element(0x01, Buffer.from([0xff]))] : []
  return sequence(objectId(id), ...flag, element(0x04, value))
}

function basicConstraints(authority: boolean): Buffer {
  return extension('551d13', true, authority ? sequence(element(0x01, Buffer.from([0xff]))) : sequence())
}

/** A BIT STRING of named bits, the unused ones of its last octet counted. */
function keyUsage(bits: number, unused: number): Buffer {
  return extension('551d0f', true, element(0x03, Buffer.from([unused, bits])))
}

function loopbackNames(): Buffer {
  const names = sequence(
    element(0x82, Buffer.from('localhost', 'ascii')),
    element(0x87, Buffer.from([127, 0, 0, 1])),
    element(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
  )
  return extension('551d11', false, names)
}

function subjectKeyId(key: KeyObject): Buffer {
  return extension('551d0e', false, element(0x04, keyId(key)))
}

function authorityKeyId(key: KeyObject): Buffer {
  return extension('551d23', false, sequence(element(0x80, keyId(key))))
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha256').update(spki(key)).digest().subarray(0, 20)
}

function objectId(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'))
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
