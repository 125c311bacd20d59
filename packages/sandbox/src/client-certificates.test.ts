import { execFileSync } from 'node:child_process'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FederateFile } from '@federate/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CertificateAuthority } from './certificate-authority.ts'
import { makeTestFile, type TestFile } from './federate-file.test-kit.ts'
import { prepareCredentials } from './service-credentials.ts'

let place: TestFile
beforeEach(async () => {
  place = await makeTestFile()
})
afterEach(() => place.remove())

const now = Date.parse('2026-11-20T12:00:00Z')
const auth = { method: 'tls_client_auth', certificate: { file: 'billing.pem' }, key: { file: 'billing.key' } } as const

function file(): FederateFile {
  const issuer = { url: place.issuer, kind: 'keycloak', ca: 'ca.pem' } as const
  return place.file({ auth, issuer })
}

const prepare = (at = now) => prepareCredentials(file(), { environment: {}, now: () => at })
const path = (name: string) => join(place.folder, name)

describe('certificates of services', () => {
  it('are made with their authority where they are missing, and found again', async () => {
    const { clients, authorities } = await prepare()
    expect(clients.get('billing')).toEqual({ certificateSubject: 'CN=billing' })
    expect([...authorities.keys()]).toEqual([place.issuer])
    for (const name of ['billing.key', 'ca.pem.key']) expect((await stat(path(name))).mode & 0o777).toBe(0o600)
    expect(await readFile(path('ca.pem'), 'utf8')).not.toContain('PRIVATE KEY')
    expect((await prepare()).clients).toEqual(clients)
  })

  it('hold before OpenSSL, for their purpose alone', async () => {
    const { authorities } = await prepare()
    const server = await authorities.get(place.issuer)?.issueForServer(['localhost', '127.0.0.1', '::1'], new Date(now))
    await writeFile(path('server.pem'), server?.certificate ?? '')
    const verify = (purpose: string, name: string, ...more: string[]) =>
      execFileSync(
        'openssl',
        [
          'verify',
          '-x509_strict',
          '-attime',
          String(now / 1000),
          '-CAfile',
          'ca.pem',
          '-purpose',
          purpose,
          ...more,
          name,
        ],
        { cwd: place.folder, stdio: 'pipe', encoding: 'utf8' },
      )
    expect(verify('sslclient', 'billing.pem')).toBe('billing.pem: OK\n')
    for (const address of ['127.0.0.1', '::1']) {
      expect(verify('sslserver', 'server.pem', '-verify_ip', address)).toBe('server.pem: OK\n')
    }
    expect(verify('sslserver', 'server.pem', '-verify_hostname', 'localhost')).toBe('server.pem: OK\n')
    expect(() => verify('sslserver', 'billing.pem')).toThrow('unsuitable certificate purpose')
    expect(() => verify('sslserver', 'server.pem', '-verify_hostname', 'other')).toThrow('hostname mismatch')
  })

  it('need an authority that clients can be given', async () => {
    const issuer = { url: place.issuer, kind: 'keycloak' } as const
    await expect(prepareCredentials(place.file({ auth, issuer }), { environment: {} })).rejects.toMatchObject({
      code: 'SANDBOX_AUTHENTICATION',
      problem: expect.stringContaining('has no ca'),
    })
  })

  const afterwards = (change: () => Promise<void>) => async () => {
    await prepare()
    await change()
  }
  const refusals: [string, () => Promise<void>, string][] = [
    [
      'expired',
      async () => void (await prepare(now - 400 * 86_400_000)),
      'The certificate of billing expired at 2026-',
    ],
    [
      'issued by another authority',
      async () => {
        const other = await CertificateAuthority.make(new Date(now))
        await prepare()
        await writeFile(path('billing.pem'), (await other.issueForClient('billing', new Date(now))).certificate)
      },
      "was not issued by the sandbox's authority",
    ],
    ['none', afterwards(() => writeFile(path('billing.pem'), 'x')), 'is none in PEM'],
    ['missing beside its key', afterwards(() => rm(path('billing.pem'))), 'has a key, but no'],
    ['of an authority of others', afterwards(() => rm(path('ca.pem.key'))), "not the sandbox's"],
    ['of an authority that is gone', afterwards(() => rm(path('ca.pem'))), 'There is a key'],
    [
      'of an authority whose key is another',
      async () => {
        await prepare()
        await writeFile(path('ca.pem.key'), await readFile(path('billing.key'), 'utf8'))
      },
      "not the sandbox's",
    ],
  ]
  it.each(refusals)('that are %s are refused, and nothing is replaced', async (_, arrange, says) => {
    await arrange()
    const refusal = await prepare().catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      code: 'SANDBOX_CERTIFICATE',
      outcome: 'usage',
      problem: expect.stringContaining(says),
    })
    expect(String(refusal)).not.toContain('PRIVATE')
  })
})
