import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A customer's own certificate with its key, both in PEM, made in a folder. */
export async function makeCertificate(folder: string): Promise<{ readonly key: string; readonly certificate: string }> {
  const [key, certificate] = [join(folder, 'certified.key'), join(folder, 'certified.crt')]
  const wish = ['-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=acme']
  await run('openssl', ['req', '-x509', ...wish, '-keyout', key, '-out', certificate])
  return { key: await readFile(key, 'utf8'), certificate: await readFile(certificate, 'utf8') }
}
