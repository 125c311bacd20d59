import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { nodeFetch, sendRequest } from '@federate/core'
import { CertificateAuthority, type LoopbackServer, serveOnLoopback } from '@federate/sandbox'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tenant } from '../azure/place.ts'
import { makePlace, type Place, type Ran } from '../cli/harness.ts'

const example = (name: string) => fileURLToPath(new URL(`../../examples/on-prem-to-blob/${name}`, import.meta.url))

let place: Place
let storage: LoopbackServer
const listed: (string | undefined)[] = []

const blobs = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="invoices"><Blobs><Blob>
<Name>invoice.pdf</Name><Properties><Content-Length>42</Content-Length><BlobType>BlockBlob</BlobType></Properties>
</Blob></Blobs><NextMarker /></EnumerationResults>`

beforeAll(async () => {
  const yaml = await readFile(example('federate.yaml'), 'utf8')
  place = await makePlace(yaml.replace(/http:\/\/127\.0\.0\.1:8180\/realms\/acme/, 'ISSUER'))
  await place.startSandbox()
  const setup = await place.federate('setup azure --yes')
  if (setup.status !== 0) throw new Error(setup.stderr)
  const now = new Date()
  const authority = await CertificateAuthority.make(now)
  await place.write('authorities.pem', `${place.sandbox.azure.authority}\n${authority.pair.certificate}`)
  // Blob Storage, as far as one list goes: the library sends tokens by https only.
  storage = await serveOnLoopback(
    async ({ url, headers }, response) => {
      const taken = await isTaken(headers.authorization?.replace('Bearer ', ''))
      listed.push(url)
      response.writeHead(taken ? 200 : 403, { 'content-type': 'application/xml' })
      response.end(taken ? blobs : '')
    },
    { label: 'Blob Storage', tls: await authority.issueForServer(['localhost'], now) },
  )
})

afterAll(async () => {
  await storage.close()
  await place.close()
})

/** Whether the sandbox's Entra issued it, for Storage. */
async function isTaken(token = ''): Promise<boolean> {
  const url = `${place.sandbox.env['AZURE_AUTHORITY_HOST']}/${tenant}/discovery/v2.0/keys`
  const fetch = nodeFetch({ ca: { pem: place.sandbox.azure.authority } })
  const keys = await sendRequest({ fetch, method: 'GET', url })
  const verified = jwtVerify(token, createLocalJWKSet(JSON.parse(keys.body)), {
    audience: 'https://storage.azure.com',
  })
  return verified.then(
    () => true,
    () => false,
  )
}

const addresses = () => ({
  AZURE_AUTHORITY_HOST: place.sandbox.env['AZURE_AUTHORITY_HOST'],
  NODE_EXTRA_CA_CERTS: place.path('authorities.pem'),
  CONTAINER_URL: `https://localhost:${storage.port}/invoices`,
})

function run(script: string, env: Readonly<Record<string, string | undefined>>): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd: place.folder, env: { ...addresses(), ...env } }
    execFile(process.execPath, [example(script)], options, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : 1, stdout, stderr }),
    )
  })
}

describe('the example on-prem-to-blob', () => {
  it('list-container.ts: credentials in code, in one line', async () => {
    const [application] = place.sandbox.azure.tenant(tenant).applications.values()
    const ran = await run('list-container.ts', {
      ISSUER: place.issuer,
      TENANT: tenant,
      APPLICATION: application?.appId,
    })
    expect(ran).toEqual({ status: 0, stdout: 'invoice.pdf 42\n', stderr: '' })
    expect(listed).toContainEqual(expect.stringMatching(/^\/invoices\?.*comp=list/))
  })

  it('list-container-by-environment.ts: an unmodified program, by the file that configure wrote', async () => {
    const tokenFile = place.path('azure.jwt')
    await place.asService(`credentials azure --format federated-token-file --federated-token-file ${tokenFile}`)
    const configured = await place.asService(`configure azure --json --federated-token-file ${tokenFile}`)
    const ran = await run('list-container-by-environment.ts', JSON.parse(configured.stdout).environment)
    expect(ran).toEqual({ status: 0, stdout: 'invoice.pdf 42\n', stderr: '' })
  })

  it('list-container-by-environment.ts: the same program under exec', async () => {
    const line = ['exec', 'billing', '--', process.execPath, example('list-container-by-environment.ts')]
    const ran = await place.asService(line, { env: addresses() })
    expect(ran).toMatchObject({ status: 0, stdout: 'invoice.pdf 42\n' })
  })
})
