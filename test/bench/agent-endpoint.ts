/**
 * The agent's endpoint under 32 connections, beside a bare `node:http` server that answers the same bytes; each server on one
 * core and the load, which is wrk's, on another. Prints a table; asserts nothing.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { portOf, ratios, table } from './measure.ts'
import { oneService } from './one-service.ts'
import { type Load, pinned, wrk } from './wrk.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const main = here('../../packages/cli/dist/main.cjs')
const rounds = Number(process.env['ROUNDS'] ?? 7)
const [connections, seconds, serverCore, loadCore] = [32, 3, 0, 1]

const service = await oneService()
const running: ChildProcess[] = []
try {
  const load = await wrk(loadCore)
  const agent = await startAgent()
  const answer = await fetch(agent.url, { headers: { authorization: agent.secret } })
  const bare = start([here('bare-endpoint.cjs'), await answer.text()])
  if (answer.status !== 200 || bare.stdout === null) throw new Error(`the agent answered with ${answer.status}`)
  const bareUrl = `http://127.0.0.1:${await portOf(bare.stdout)}/billing/s3`
  const headers = [`authorization: ${agent.secret}`]
  const once = async (): Promise<[Load, Load]> => [
    await load(bareUrl, headers, connections, seconds),
    await load(agent.url, headers, connections, seconds),
  ]
  await once()
  const pairs: [Load, Load][] = []
  for (let round = 0; round < rounds; round += 1) pairs.push(await once())
  const perSecond = pairs.map(([base, lent]): [number, number] => [lent.requestsPerSecond, base.requestsPerSecond])
  const latencies = pairs.map(([base, lent]): [number, number] => [lent.p99, base.p99])
  const [name, against] = [`the agent, ${connections} connections`, 'bare `node:http`, same bytes']
  console.log(table([ratios(`${name}: requests a second`, against, perSecond, '≥ 0.85')]))
  console.log(table([ratios(`${name}: p99 in ms`, against, latencies, '')]))
} finally {
  for (const child of running) child.kill()
  service.close()
}

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(...pinned(serverCore, process.execPath, args), {
    env: { ...process.env, ...service.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.push(child)
  return child
}

async function startAgent(): Promise<{ readonly url: string; readonly secret: string }> {
  const folder = join(service.folder, 'run')
  start([main, 'agent', service.file, '--listen', '127.0.0.1:0', '--log-level', 'error'], { RUNTIME_DIRECTORY: folder })
  for (;;) {
    await wait(50)
    try {
      const { url } = JSON.parse(readFileSync(join(folder, 'agent.json'), 'utf8'))
      if ((await fetch(`${url}/readyz`)).status !== 200) continue
      return { url: `${url}/billing/s3`, secret: readFileSync(join(folder, 'billing.secret'), 'utf8') }
    } catch {
      // It has not told its address yet.
    }
  }
}
