import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { command, makePlace, type Place } from './harness.ts'

let place: Place

beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
  await place.setUp('aws')
})

afterAll(() => place.close())

const kills = Number(process.env['FEDERATE_TEST_KILLS'] ?? 30)
const line = 'credentials aws -s billing.federate.json'

/** Runs the command and kills it after a while, at whatever it is doing. */
async function killed(after: number): Promise<void> {
  const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }
  const env = { ...process.env, ...place.sandbox.env, ...none, CACHE_DIRECTORY: place.path('cache') }
  const child = spawn(process.execPath, [command, ...line.split(' ')], { cwd: place.folder, env, stdio: 'ignore' })
  const exit = once(child, 'exit')
  await wait(after)
  child.kill('SIGKILL')
  await exit
}

it(`is of no concern to others when ${kills} processes are killed at any moment`, { timeout: 600_000 }, async () => {
  const wrong: string[] = []
  let [reads, over] = [0, false]
  const reader = async () => {
    while (!over) {
      const { status, stdout, stderr } = await place.asService(line)
      reads += 1
      if (status !== 0 || !/^\{"Version":1,.*"Expiration":"20[^"]+Z".*\}\n$/.test(stdout))
        wrong.push(`${status} ${stderr} ${stdout}`)
    }
  }
  const killer = async () => {
    for (let kill = 0; kill < kills || reads <= 10; kill += 1) {
      // So that there is something to do: a token, an exchange, a file.
      if (kill % 2 === 0) await rm(place.path('cache/credentials'), { recursive: true, force: true, maxRetries: 20 })
      await killed(40 + Math.random() * 260)
    }
    over = true
  }
  await Promise.all([killer(), reader(), reader()])
  expect(wrong).toEqual([])
  await wait(100)
  expect((await place.asService(line)).status).toBe(0)
  expect((await readdir(place.path('cache/credentials'))).filter((name) => name.endsWith('.json'))).toHaveLength(1)
})
