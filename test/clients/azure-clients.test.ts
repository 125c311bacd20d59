import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { readJwt } from '@federate/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { azurePlace, exchanges, tenant } from '../azure/place.ts'
import type { Place } from '../cli/harness.ts'
import { RunningAgent } from '../cli/running-agent.ts'
import { goAvailable, goAzureClient } from './go-client.ts'
import { pythonWith } from './python-tools.ts'

const python = pythonWith(['azure-identity==1.27.0'], "Azure's library for Python")?.python
const go = goAvailable("Azure's library for Go")

const pythonProgram = `
import sys, azure.identity
kinds = {"default": "Default Azure", "workload": "Workload Identity", "managed": "Managed Identity"}
credential = getattr(azure.identity, kinds[sys.argv[1]].replace(" ", "") + "Credential")()
print(credential.get_token("https://storage.azure.com/.default").token)
`

type Command = () => Promise<readonly string[]>

/** How each is told of the sandbox's authority, which stands in for Microsoft's public one. */
const clients: readonly { name: string; missing: boolean; authority: string; command: Command }[] = [
  {
    name: 'Python',
    missing: python === undefined,
    authority: 'REQUESTS_CA_BUNDLE',
    command: async () => [python ?? '', '-c', pythonProgram],
  },
  { name: 'Go', missing: !go, authority: 'SSL_CERT_FILE', command: async () => [await goAzureClient()] },
]

let place: Place
let agent: RunningAgent

beforeAll(async () => {
  place = await azurePlace()
  const file = place.path('azure.jwt')
  for (const line of [
    `configure azure --federated-token-file ${file}`,
    `credentials azure --format federated-token-file --federated-token-file ${file}`,
  ]) {
    const ran = await place.asService(line)
    if (ran.status !== 0) throw new Error(ran.stderr)
  }
  agent = RunningAgent.start(place, 'main', ['billing.federate.json'])
  await agent.ready()
})

afterAll(async () => {
  await agent.end()
  await place.close()
})

/** Runs it in a shell that has nothing but these lines. */
async function inShell(lines: string, command: readonly string[], authority: string): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: place.folder, [authority]: place.sandbox.azure.authorityFile }
  const script = `${lines}\nexec "$@"`
  return (await promisify(execFile)('/bin/sh', ['-c', script, 'sh', ...command], { cwd: place.folder, env })).stdout
}

function expectServiceToken(printed: string): void {
  const { claims } = readJwt(printed.trim())
  const [application] = place.sandbox.azure.tenant(tenant).applications.values()
  expect(claims).toMatchObject({ aud: 'https://storage.azure.com', tid: tenant, appid: application?.appId })
}

for (const { name, missing, authority, command } of clients) {
  describe.skipIf(missing)(`Azure's library for ${name}, unmodified`, () => {
    // At the first run it is built.
    beforeAll(command, 300_000)

    it.each(['workload', 'default'])('exchanges the token file by what configure wrote: %s', async (kind) => {
      const before = exchanges(place)
      const lines = 'set -a\n. ./billing.files.azure.env\nset +a'
      expectServiceToken(await inShell(lines, [...(await command()), kind], authority))
      expect(exchanges(place) - before).toBe(1)
    })

    it.each(['managed', 'default'])('is lent the access token under exec: %s', async (kind) => {
      const ran = await place.asService(['exec', 'billing', '--', ...(await command()), kind])
      expect(ran).toMatchObject({ status: 0 })
      expectServiceToken(ran.stdout)
    })

    it.each(['managed', 'default'])('is lent it by the agent that env pointed at: %s', async (kind) => {
      const before = exchanges(place)
      const { stdout: lines } = await agent.run('env -s billing')
      expectServiceToken(await inShell(lines, [...(await command()), kind], authority))
      expect(exchanges(place) - before).toBe(0)
    })

    it("shows Entra's code when it refuses", async () => {
      const [application] = place.sandbox.azure.tenant(tenant).applications.values()
      const [credential] = application?.federatedCredentials ?? []
      if (application === undefined || credential === undefined) throw new Error('nothing was made')
      application.federatedCredentials = [{ ...credential, subject: 'somebody-else' }]
      const refused = inShell('set -a\n. ./billing.files.azure.env', [...(await command()), 'workload'], authority)
      await expect(refused).rejects.toMatchObject({ stderr: expect.stringContaining('AADSTS700213') })
      application.federatedCredentials = [credential]
    })
  })
}
