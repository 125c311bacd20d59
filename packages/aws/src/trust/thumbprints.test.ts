import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsWishSchema } from '../wish-schema.ts'
import { issuerThumbprints } from './thumbprints.ts'

const url = 'https://keycloak.example.com/realms/prod'
const account = '123456789012'
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'federate-thumbprints-'))
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=acme']
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'ca.pem')]
  execFileSync('openssl', ['req', '-x509', ...curve, ...files], { stdio: 'ignore' })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function thumbprintsOf(wishes: readonly Record<string, unknown>[], ca?: string) {
  const issuer = { url, kind: 'keycloak', ...(ca === undefined ? {} : { ca }) } as const
  const targets = wishes.map((wish, index) => ({
    service: `s${index}`,
    name: 't',
    cloud: 'aws',
    wish: awsWishSchema.parse({ account, role: `r${index}`, ...wish }),
  }))
  const services = targets.map((target) => ({
    name: target.service,
    issuerName: 'main',
    issuer,
    clientId: target.service,
    subject: target.service,
    auth: { method: 'token_file', file: '/token' } as const,
    claims: {},
    targets: [target],
  }))
  const fetch = () => Promise.reject(new Error('nothing is fetched'))
  const context = { env: {}, signal: new AbortController().signal, now: Date.now, fetch, warn: () => undefined }
  return issuerThumbprints({ owner: 'acme', services, targets, directory: folder, context })
}

describe('the thumbprints of an issuer', () => {
  it('are none for a certificate of a public authority', async () => {
    expect((await thumbprintsOf([{}]))(account, url)).toEqual([])
  })

  it('are those of its own authority', async () => {
    const { fingerprint } = new X509Certificate(readFileSync(join(folder, 'ca.pem')))
    const found = await thumbprintsOf([{}, {}], 'ca.pem')
    expect(found(account, url)).toEqual([fingerprint.replaceAll(':', '').toLowerCase()])
    expect(found('210987654321', url)).toEqual([])
  })

  it('are those that the targets in the account name, all together, and then no others', async () => {
    const [a, b] = ['A', 'b'].map((digit) => digit.repeat(40))
    const found = await thumbprintsOf([{ thumbprints: [b] }, { thumbprints: [a] }], 'none.pem')
    expect(found(account, url)).toEqual([a?.toLowerCase(), b])
  })

  it('are five at most, and of a file that is there', async () => {
    const many = ['1', '2', '3', '4', '5', '6'].map((digit) => ({ thumbprints: [digit.repeat(40)] }))
    await expect(thumbprintsOf(many)).rejects.toMatchObject({
      code: 'AWS_THUMBPRINTS',
      problem: `The issuer ${url} has 6 thumbprints for account ${account}; IAM stores 5.`,
    })
    await expect(thumbprintsOf([{}], 'none.pem')).rejects.toMatchObject({ code: 'CA_FILE_UNREADABLE' })
  })
})
