import type { X509Certificate } from 'node:crypto'
import type { RequestListener, Server, ServerOptions } from 'node:http'
import { isIP } from 'node:net'
import { FederateError, readSmallFile, type Seconds, warnOfReaders } from '@federate/core'

/** Paths of what the endpoint shows and asks for, in PEM. */
export interface TlsFiles {
  /** The certificate of the endpoint, then those between it and the root. */
  readonly certificate: string
  readonly key: string
  /** Who signs the certificates of callers; then nobody gets in without one. Default: callers need none. */
  readonly clientAuthority?: string | undefined
}

export interface TlsOptions {
  readonly files: TlsFiles
  /** By which names and addresses callers know the endpoint, so that its certificate should have them. Default: none. */
  readonly names?: readonly string[] | undefined
  /**
   * Told when others may read the key, when a certificate lacks one of `names`, and when renewed files cannot be used:
   * the old ones stay.
   */
  readonly warn: (message: string) => void
}

/** A server that speaks TLS and takes renewed certificates without being started anew. */
export interface TlsServer {
  readonly server: Server
  /** Looks at the files now, and not only in a while. Never throws. */
  look(): Promise<void>
  stop(): void
}

/** How often the files are looked at: certificates are renewed days before they end. */
const lookingInterval: Seconds = 10

interface Material {
  readonly cert: string
  readonly key: string
  readonly ca?: string
}

/** What the files hold, and the permission bits of the key's. */
interface Found {
  readonly material: Material
  readonly keyMode: number
}

/** Of a file in PEM; the certificates of all public authorities together have a quarter of it. */
const maximumBytes = 1_000_000

/** @throws FederateError (usage) `TLS_FILE_UNREADABLE`, `TLS_FILE_INVALID`. */
export async function tlsServer(
  limits: ServerOptions,
  { files, names = [], warn }: TlsOptions,
  onRequest: RequestListener,
): Promise<TlsServer> {
  // Only here: most processes that lend have no need of TLS on their own side.
  const [{ createServer }, { createSecureContext }, { X509Certificate }] = [
    process.getBuiltinModule('node:https'),
    process.getBuiltinModule('node:tls'),
    process.getBuiltinModule('node:crypto'),
  ]
  const warnOf = ({ material, keyMode }: Found) => {
    warnOfReaders('The key', files.key, keyMode, warn)
    const lacking = namesLacking(new X509Certificate(material.cert), names)
    if (lacking.length > 0) warn(unnamed(files, lacking))
  }
  const usable = async () => {
    const found = await read(files)
    try {
      createSecureContext(found.material)
      return found
    } catch (cause) {
      throw invalid(files, cause)
    }
  }
  const first = await usable()
  warnOf(first)
  let current = first.material
  const callers = { requestCert: current.ca !== undefined, rejectUnauthorized: current.ca !== undefined }
  const server = createServer({ ...limits, ...current, ...callers, minVersion: 'TLSv1.2' }, onRequest)
  let warned = ''
  const look = async () => {
    try {
      const found = await usable()
      if (JSON.stringify(found.material) === JSON.stringify(current)) return
      server.setSecureContext(found.material)
      current = found.material
      warned = ''
      warnOf(found)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      // While the two files are being renewed, they may not fit for a moment; and once is enough.
      if (message !== warned) warn(`${message} The old certificate is shown meanwhile.`)
      warned = message
    }
  }
  const timer = setInterval(() => void look(), lookingInterval * 1000).unref()
  return { server, look, stop: () => clearInterval(timer) }
}

/** Clients look only at what stands as subject alternative name (RFC 9110 section 4.3.4). */
function namesLacking(certificate: X509Certificate, names: readonly string[]): readonly string[] {
  return names.filter((name) =>
    isIP(name) === 0
      ? certificate.checkHost(name, { subject: 'never' }) === undefined
      : certificate.checkIP(name) === undefined,
  )
}

function unnamed({ certificate }: TlsFiles, lacking: readonly string[]): string {
  return `The certificate in ${certificate} does not name ${lacking.join(', ')}: callers that use it will refuse the connection. Have it issued with that as a subject alternative name, or correct --host.`
}

async function read(files: TlsFiles): Promise<Found> {
  const [certificate, key] = await Promise.all([contentOf(files.certificate), contentOf(files.key)])
  const ca = files.clientAuthority === undefined ? {} : { ca: (await contentOf(files.clientAuthority)).text }
  return { material: { cert: certificate.text, key: key.text, ...ca }, keyMode: key.mode }
}

async function contentOf(path: string) {
  try {
    return await readSmallFile(path, maximumBytes)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'too large'
    throw new FederateError({
      code: 'TLS_FILE_UNREADABLE',
      outcome: 'usage',
      problem: `${path}, which TLS needs, could not be read (${code}).`,
      next: 'Name files in PEM that this user may read.',
      details: { path, systemCode: code },
      cause,
    })
  }
}

function invalid({ certificate, key, clientAuthority }: TlsFiles, cause: unknown): FederateError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  const others = clientAuthority === undefined ? '' : `, or ${clientAuthority} holds no certificate`
  return new FederateError({
    code: 'TLS_FILE_INVALID',
    outcome: 'usage',
    problem: `The certificate in ${certificate} and the key in ${key} are no pair in PEM${others} (${code}).`,
    next: 'Name the certificate, with those between it and the root after it, and its own key, without a passphrase.',
    details: { certificate, key, systemCode: code },
    cause,
  })
}
