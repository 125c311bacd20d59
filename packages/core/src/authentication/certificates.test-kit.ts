import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Issued {
  readonly certificate: string
  readonly key: string
  readonly certificateFile: string
  readonly keyFile: string
}

/** A certificate authority in a folder, by OpenSSL; its certificates live for two days. */
export class TestAuthority {
  readonly #folder: string
  readonly certificate: string
  readonly certificateFile: string

  constructor(folder: string, name = 'federate test CA') {
    this.#folder = folder
    this.certificateFile = join(folder, 'ca.pem')
    openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${name}`, '-keyout', join(folder, 'ca.key'), '-out', this.certificateFile],
    )
    this.certificate = readFileSync(this.certificateFile, 'utf8')
  }

  /** Another authority, that nobody trusts. */
  stranger(): TestAuthority {
    return new TestAuthority(mkdtempSync(join(this.#folder, 'stranger-')))
  }

  /** @param names `DNS:localhost,IP:127.0.0.1`; none for a client. */
  issue(commonName: string, names?: string, kind: 'ec' | 'rsa' = 'ec'): Issued {
    const path = (suffix: string) => join(this.#folder, `${commonName}.${suffix}`)
    const subject = ['-subj', `/O=Acme/CN=${commonName}`]
    const size = kind === 'rsa' ? 'rsa_keygen_bits:2048' : 'ec_paramgen_curve:P-256'
    const request = ['req', '-newkey', kind, '-pkeyopt', size, '-nodes', ...subject]
    openssl(...request, '-keyout', path('key'), '-out', path('csr'))
    const usage = names === undefined ? 'clientAuth' : 'serverAuth'
    const extensions = [`extendedKeyUsage=${usage}`, ...(names === undefined ? [] : [`subjectAltName=${names}`])]
    writeFileSync(path('ext'), extensions.join('\n'))
    const authority = ['-CA', this.certificateFile, '-CAkey', join(this.#folder, 'ca.key'), '-CAcreateserial']
    openssl(
      'x509',
      '-req',
      '-in',
      path('csr'),
      ...authority,
      '-days',
      '2',
      '-extfile',
      path('ext'),
      '-out',
      path('pem'),
    )
    return {
      certificate: readFileSync(path('pem'), 'utf8'),
      key: readFileSync(path('key'), 'utf8'),
      certificateFile: path('pem'),
      keyFile: path('key'),
    }
  }
}

function openssl(...parameters: string[]): void {
  execFileSync('openssl', parameters, { stdio: 'pipe' })
}
