import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place } from '../cli/harness.ts'
import { azureModules, azurePlace, exchanges } from './place.ts'

const run = promisify(execFile)
let place: Place

beforeAll(async () => {
  place = await azurePlace()
})

afterAll(() => place.close())

describe('configure azure', () => {
  it('lets DefaultAzureCredential, unmodified, exchange the token in a file by the variables it wrote', async () => {
    const tokenFile = place.path('azure.jwt')
    const configured = await place.federate(`configure azure --federated-token-file ${tokenFile}`)
    expect(configured).toMatchObject({ status: 0, stderr: expect.stringContaining('az login --service-principal') })
    const file = place.path('billing.files.azure.env')
    expect(configured.stdout).toBe(`wrote environment file in ${file}\n`)
    // The lines that it shows, and the file, as a shell reads them.
    const renewal = configured.stderr.split('\n').find((line) => line.includes('--format federated-token-file'))
    // Else it first asks Microsoft whether the authority is a good one, and without an answer goes on to other credentials.
    const program = `
      const { DefaultAzureCredential } = require('@azure/identity')
      new DefaultAzureCredential({ disableInstanceDiscovery: true }).getToken('https://storage.azure.com/.default')
        .then(({ token }) => console.log(JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).aud), (error) => console.log(error.message))`
    const { AZURE_CLIENT_ID: _client, AZURE_TENANT_ID: _tenant, ...rest } = place.sandbox.env
    const env = { PATH: process.env['PATH'], ...without(rest, 'AZURE_CLIENT_SECRET'), NODE_PATH: azureModules }
    const before = exchanges(place)
    const script = `${renewal} && set -a && . ${file} && exec '${process.execPath}' -e "$PROGRAM"`
    const { stdout } = await run('/bin/sh', ['-c', script], {
      cwd: place.folder,
      env: { ...env, CACHE_DIRECTORY: place.path('cache'), PROGRAM: program },
    })
    expect(stdout).toBe('https://storage.azure.com\n')
    // One by the command that filled the file, one by the library.
    expect(exchanges(place) - before).toBe(2)
  })

  it('says what is missing, and writes nothing', async () => {
    const refused = await place.federate('configure azure --file other.env')
    expect(refused.status).toBe(64)
    expect(refused.stderr).toContain('AZURE_TOKEN_FILE')
    await expect(place.read('other.env')).rejects.toThrow('ENOENT')
  })
})

function without(env: Readonly<Record<string, string | undefined>>, name: string): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([key]) => key !== name))
}
