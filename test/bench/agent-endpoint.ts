/**
 * The agent's endpoint under 32 connections, beside a bare `node:http` server that answers the same bytes; each server on one
 * core and the load, which is wrk's, on another. Prints a table; asserts nothing.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { BenchAgent } from './bench-agent.ts'
import { portOf, ratios, table } from './measure.ts'
import { oneService } from './one-service.ts'
import { type Load, pinned, wrk } from './wrk.ts'

const bareEndpoint = fileURLToPath(new URL('bare-endpoint.cjs', import.meta.url))
const starts = Number(process.env['ROUNDS'] ?? 5)
const [rounds, connections, seconds, serverCore, loadCore] = [3, 32, 3, 0, 1]

const service = await oneService()
const load = await wrk(loadCore)

/** Both are started anew: what V8 makes of the same code differs from process to process by as much as is measured here. */
async function pairsOfOneStart(): Promise<readonly [Load, Load][]> {
  const agent = await BenchAgent.start(service.file, service.folder, service.env, serverCore)
  const [url, secret] = [`${agent.url}/billing/s3`, agent.secret('billing')]
  const answer = await fetch(url, { headers: { authorization: secret } })
  const bare = spawn(...pinned(serverCore, process.execPath, [bareEndpoint, await answer.text()]), {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const bareUrl = `http://127.0.0.1:${await portOf(bare.stdout)}/billing/s3`
    const headers = [`authorization: ${secret}`]
    const once = async (): Promise<[Load, Load]> => [
      await load(bareUrl, headers, connections, seconds),
      await load(url, headers, connections, seconds),
    ]
    await once()
    const pairs: [Load, Load][] = []
    for (let round = 0; round < rounds; round += 1) pairs.push(await once())
    return pairs
  } finally {
    bare.kill()
    await agent.end()
  }
}

try {
  const pairs: [Load, Load][] = []
  for (let start = 0; start < starts; start += 1) pairs.push(...(await pairsOfOneStart()))
  const perSecond = pairs.map(([base, lent]): [number, number] => [lent.requestsPerSecond, base.requestsPerSecond])
  const latencies = pairs.map(([base, lent]): [number, number] => [lent.p99, base.p99])
  const [name, against] = [`the agent, ${connections} connections`, 'bare `node:http`, same bytes']
  console.log(table([ratios(`${name}: requests a second`, against, perSecond, '≥ 0.85')]))
  console.log(table([ratios(`${name}: p99 in ms`, against, latencies, '')]))
} finally {
  service.close()
}
