import { X509Certificate } from 'node:crypto'
import { resolve } from 'node:path'
import { FederateError } from '../errors.ts'
import { readSmallFile } from '../files/small-file.ts'

/** Certificates (PEM) of authorities, by a file or themselves. */
export type CertificateAuthority = { readonly file: string } | { readonly pem: string }

const maximumBytes = 1_000_000

/**
 * The certificates to trust. A file is read every time, so that a renewed one is used as soon as it is there.
 *
 * @throws FederateError (usage) `CA_FILE_UNREADABLE`, `CA_INVALID`.
 */
export async function readAuthority(source: CertificateAuthority): Promise<string> {
  const place = 'file' in source ? `The file ${resolve(source.file)}` : 'What was given as ca'
  const text = 'file' in source ? await readFileOf(resolve(source.file)) : source.pem
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  if (certificates.length > 0 && certificates.every(isCertificate)) return certificates.join('\n')
  const found = certificates.length === 0 ? 'no certificate in PEM' : 'a certificate that cannot be decoded'
  throw new FederateError({
    code: 'CA_INVALID',
    outcome: 'usage',
    problem: `${place} holds ${found}; the certificates of the authority that signs the issuer's own were expected, in PEM.`,
    next: 'Give the certificate of the authority (root, and all between it and the issuer); never its key.',
  })
}

async function readFileOf(path: string): Promise<string> {
  try {
    return (await readSmallFile(path, maximumBytes)).text
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'too large'
    throw new FederateError({
      code: 'CA_FILE_UNREADABLE',
      outcome: 'usage',
      problem: `The file ${path}, which should hold the certificates of an authority, cannot be read (${code}).`,
      next: 'Put them there, or correct the path.',
      cause,
    })
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}
