import { execFile } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readFederateFile } from '@federate/core/config'
import { afterAll, describe, expect, it } from 'vitest'
import { TestAuthority } from '../../packages/core/src/authentication/certificates.test-kit.ts'
import { runFederate } from '../cli/harness.ts'
import { auth0, clientId, entra, okta, serveVendor, type Vendor } from './vendors.ts'

const example = (name: string) => fileURLToPath(new URL(`../../examples/other-issuers/${name}`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'federate-vendors-'))
afterAll(() => rm(folder, { recursive: true }))
mkdirSync(join(folder, 'secrets'))

const oktaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const pair = new TestAuthority(folder).issue('entra', undefined, 'rsa')
const files = {
  auth0: 'canary-secret',
  'okta.pem': oktaKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'entra.key': pair.key,
  'entra.pem': pair.certificate,
}
for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'secrets', name), text, { mode: 0o600 })

const vendors: Readonly<Record<string, Vendor>> = {
  auth0: auth0(files.auth0),
  okta: okta(createPublicKey(oktaKey), '2026-11'),
  entra: entra(new X509Certificate(pair.certificate)),
}

function run(script: string, env: Record<string, string>): Promise<{ status: unknown; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [example(script)], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : error.code, output: stdout + stderr }),
    )
  })
}

async function withVendor(name: string, work: (issuer: string) => Promise<void>): Promise<void> {
  const vendor = vendors[name]
  if (vendor === undefined) throw new Error(`no vendor is named ${name}`)
  const { issuer, close } = await serveVendor(vendor)
  await work(issuer).finally(close)
}

/** The flags of the README for one vendor, for an issuer on this machine. */
async function flagsFor(name: string, issuer: string): Promise<string[]> {
  const text = await readFile(example('README.md'), 'utf8')
  const lines = text.replaceAll('\\\n', ' ').split('\n')
  const line = lines.find((one) => one.startsWith('federate token') && one.includes(`secrets/${name}`)) ?? ''
  const words = line.split(/\s+/).slice(1)
  return words.map((word, index) => {
    if (words[index - 1] === '--issuer') return issuer
    return word === '"$CLIENT_ID"' ? clientId : word
  })
}

describe('the example other-issuers', () => {
  it.each([
    ['auth0', 'https://orders.example.com/'],
    ['okta', 'api://default'],
    ['entra', 'api://orders'],
  ])('%s gives a token for %s: to the program, and to the flags of the README', async (name, audience) => {
    await withVendor(name, async (issuer) => {
      const { status, output } = await run(`${name}.ts`, { ISSUER: issuer, CLIENT_ID: clientId })
      expect(output).toMatch(new RegExp(`^for ${audience} until 20\\d\\d-.*Z\n$`))
      expect(status).toBe(0)
      const ran = await runFederate([...(await flagsFor(name, issuer)), '--json'], folder)
      expect(ran.stderr).toBe('')
      expect(JSON.parse(ran.stdout).claims.aud).toBe(audience)
    })
  })

  it.each([
    ['auth0', { AUDIENCE: 'https://other.example/' }, 'ISSUER_REFUSED', 'Service not found'],
    ['okta', { KEY_ID: 'another' }, 'ISSUER_REFUSED_CLIENT', 'The client_assertion is not valid.'],
    ['entra', { AUDIENCE: 'api://orders' }, 'ISSUER_REFUSED_SCOPE', 'AADSTS1002012'],
  ])('%s refuses %j', async (name, env, code, words) => {
    await withVendor(name, async (issuer) => {
      const { status, output } = await run(`${name}.ts`, { ISSUER: issuer, CLIENT_ID: clientId, ...env })
      expect(status).toBe(1)
      expect(output).toContain(`code: '${code}'`)
      expect(output).toContain(words)
      expect(output).not.toContain('canary')
    })
  })

  it('federate.yaml says the same', async () => {
    const path = example('federate.yaml')
    const { services } = await readFederateFile({ path, env: {}, cwd: folder, targetSchemas: new Map() })
    expect(services.map(({ issuerName, auth }) => [issuerName, auth.method])).toEqual([
      ['auth0', 'client_secret_post'],
      ['okta', 'private_key_jwt'],
      ['entra', 'private_key_jwt'],
    ])
  })
})
