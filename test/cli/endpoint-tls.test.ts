import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EndpointServer, serveEndpoints } from '@federate/agent'
import { CertificateAuthority } from '@federate/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchByTls } from './fetch-by-tls.ts'

let folder: string
let authority: CertificateAuthority
const now = new Date()
const path = (name: string) => join(folder, name)
const warnings: string[] = []
const warn = (message: string) => void warnings.push(message)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-tls-'))
  authority = await CertificateAuthority.make(now)
  const { certificate, key } = await authority.issueForServer(['agent.example'], now)
  await writeFile(path('tls.pem'), certificate)
  await writeFile(path('tls.key'), key, { mode: 0o600 })
  await writeFile(path('authority.pem'), authority.pair.certificate)
  await writeFile(path('other.key'), (await authority.issueForServer(['agent.example'], now)).key)
  await writeFile(path('text'), 'no certificate')
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const files = () => ({ certificate: path('tls.pem'), key: path('tls.key') })

describe('an endpoint with TLS', () => {
  const asked = (server: EndpointServer, client?: { readonly certificate: string; readonly key: string }) =>
    fetchByTls({
      port: Number(new URL(server.url).port),
      servername: 'agent.example',
      ca: authority.pair.certificate,
      path: '/anything',
      headers: { host: 'agent.example' },
      ...(client === undefined ? {} : { client }),
    })

  it('lets in only who has a certificate of the authority, where one is named', async () => {
    const tls = { files: { ...files(), clientAuthority: path('authority.pem') }, warn }
    const server = await serveEndpoints({ names: ['Agent.Example'], tls })
    const stranger = await CertificateAuthority.make(now)
    try {
      expect(server.url).toMatch(/^https:\/\/Agent\.Example:\d+$/)
      expect((await asked(server, await authority.issueForClient('billing', now))).status).toBe(404)
      await expect(asked(server)).rejects.toThrow()
      await expect(asked(server, await stranger.issueForClient('billing', now))).rejects.toThrow()
    } finally {
      await server.close()
    }
  })

  /** Connects, and says nothing. */
  const silent = async (server: EndpointServer) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined)
    await once(socket, 'connect')
    return { closed: once(socket, 'close') }
  }

  it('leaves who does not begin to speak TLS', async () => {
    const server = await serveEndpoints({ names: ['agent.example'], tls: { files: files(), warn }, patience: 0.3 })
    await (await silent(server)).closed
    await server.close()
  })

  it('does not wait, when it ends, for who does not begin to speak TLS', async () => {
    const server = await serveEndpoints({ names: ['agent.example'], tls: { files: files(), warn }, patience: 3600 })
    const { closed } = await silent(server)
    // Who comes later is answered later.
    expect((await asked(server)).status).toBe(404)
    await server.close()
    await closed
  })

  it('goes on with the old certificate while the new one cannot be used, and says so once', async () => {
    const server = await serveEndpoints({ names: ['agent.example'], tls: { files: files(), warn } })
    const key = await authority.issueForServer(['agent.example'], now)
    try {
      const before = await asked(server)
      await writeFile(path('tls.key'), key.key)
      await server.refresh()
      await server.refresh()
      expect(await asked(server)).toEqual(before)
      expect(warnings).toEqual([
        `The certificate in ${path('tls.pem')} and the key in ${path('tls.key')} are no pair in PEM (ERR_OSSL_X509_KEY_VALUES_MISMATCH). Name the certificate, with those between it and the root after it, and its own key, without a passphrase. The old certificate is shown meanwhile.`,
      ])
      await writeFile(path('tls.pem'), key.certificate)
      await server.refresh()
      expect((await asked(server)).fingerprint).not.toBe(before.fingerprint)
    } finally {
      await server.close()
    }
  })

  it('warns when others can read its key, and again when they can read a new one', async () => {
    const { certificate, key } = await authority.issueForServer(['agent.example'], now)
    const own = { certificate: path('own.pem'), key: path('own.key') }
    await writeFile(own.certificate, certificate)
    await writeFile(own.key, key, { mode: 0o640 })
    const heard: string[] = []
    const tls = { files: own, warn: (message: string) => void heard.push(message) }
    const server = await serveEndpoints({ names: ['agent.example'], tls })
    try {
      await server.refresh()
      expect(heard).toEqual([`The key in ${own.key} can be read by its group (mode 0640). Run: chmod 600 ${own.key}`])
      const renewed = await authority.issueForServer(['agent.example'], now)
      await writeFile(own.key, renewed.key)
      await chmod(own.key, 0o644)
      await writeFile(own.certificate, renewed.certificate)
      await server.refresh()
      expect(heard.slice(1)).toEqual([
        `The key in ${own.key} can be read by everybody on this host (mode 0644). Run: chmod 600 ${own.key}`,
      ])
    } finally {
      await server.close()
    }
  })

  it.each([
    [{ key: 'other.key' }, 'TLS_FILE_INVALID', 'are no pair in PEM (ERR_OSSL_X509_KEY_VALUES_MISMATCH).'],
    [{ certificate: 'text' }, 'TLS_FILE_INVALID', 'are no pair in PEM ('],
    [{ certificate: 'none' }, 'TLS_FILE_UNREADABLE', 'none, which TLS needs, could not be read (ENOENT).'],
  ])('does not start with %j', async (wrong, code, problem) => {
    const named = Object.fromEntries(Object.entries(wrong).map(([kind, name]) => [kind, path(name)]))
    const starting = serveEndpoints({ tls: { files: { ...files(), ...named }, warn } })
    await expect(starting).rejects.toMatchObject({ code, outcome: 'usage', problem: expect.stringContaining(problem) })
  })
})
