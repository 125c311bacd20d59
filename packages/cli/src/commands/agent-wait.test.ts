import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FakeTerminal } from '../fake-terminal.test-kit.ts'
import { agentWait } from './agent-wait.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-wait-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('waits as long as it was told to, though the clock is set meanwhile', async () => {
  let [asked, time] = [0, 0]
  const server = createServer((_request, response) => {
    asked += 1
    response.end(JSON.stringify({ ready: asked > 2, services: [], lent: [], files: [] }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  await writeFile(join(folder, 'agent.json'), JSON.stringify({ url: `http://127.0.0.1:${port}`, pid: 1 }), {
    mode: 0o600,
  })
  // A year further each time that somebody looks, as on a host that hears of the time late.
  const terminal = Object.assign(new FakeTerminal(), { now: () => (time += 31_536_000_000) })
  expect(await agentWait({ timeout: '60s', runFolder: folder }, terminal)).toBe(0)
  expect(asked).toBe(3)
  server.close()
})
