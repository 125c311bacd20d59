/**
 * One agent for a thousand services: memory, processor time when there is little to do, and how evenly it asks its issuer and
 * its cloud: in steady state, after an outage that nobody's credentials outlive, and after one that outlives them all.
 * An hour is made half a minute where it asks. Prints tables.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { BenchAgent } from './bench-agent.ts'
import { portOf } from './measure.ts'
import { serviceFile } from './one-service.ts'

const services = Number(process.env['SERVICES'] ?? 1000)
/** Seconds for which credentials live where it is accelerated. */
const brief = 30

const folder = mkdtempSync(join(tmpdir(), 'federate-fleet-'))
const servers = spawn(process.execPath, [fileURLToPath(new URL('fleet-servers.ts', import.meta.url))], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const base = `http://127.0.0.1:${await portOf(servers.stdout)}`
  writeServices(base)
  const control = (settings: object) => fetch(`${base}/control`, { method: 'PUT', body: JSON.stringify(settings) })
  const counts = async (): Promise<number[]> => JSON.parse(await (await fetch(`${base}/counts`)).text())
  await idle(base, counts)
  await control({ token: brief, credentials: brief })
  await busy(base, control, counts)
} finally {
  servers.kill()
  rmSync(folder, { recursive: true, force: true })
}

/** Credentials that live for an hour: what it costs to have them. */
async function idle(base: string, counts: () => Promise<number[]>): Promise<void> {
  const began = performance.now()
  const agent = await startAgent(base, 'idle')
  const ready = (performance.now() - began) / 1000
  const started = await counts()
  await wait(5_000)
  const [before, since] = [agent.processorTime(), performance.now()]
  await wait(20_000)
  const used = (agent.processorTime() - before) / (performance.now() - since)
  const megabytes = agent.residentMegabytes()
  await agent.end()
  console.log(`| ${services} services, credentials of an hour | |\n|---|---|`)
  console.log(`| all ready after | ${ready.toFixed(1)} s, at most ${Math.max(...started)} requests in a second |`)
  console.log(`| memory (resident) | ${megabytes.toFixed(0)} MB |`)
  console.log(`| processor time when idle | ${(used * 100).toFixed(2)} % of a core |\n`)
}

/** Credentials that live for half a minute: how requests are spread. */
async function busy(base: string, control: (settings: object) => Promise<unknown>, counts: () => Promise<number[]>) {
  const agent = await startAgent(base, 'busy')
  // Until what was begun together has drifted apart.
  await wait(3 * brief * 1000)
  await counts()
  await wait(brief * 1000)
  const steady = await counts()
  const mean = steady.reduce((sum, count) => sum + count, 0) / steady.length
  console.log('| upstream requests per second | most | against the mean in steady state | aim |\n|---|---|---|---|')
  row('steady state', steady, mean, `≤ 2 (mean ${mean.toFixed(0)})`)
  for (const [outlived, seconds] of [
    ['nobody', 5],
    ['all', brief + 5],
  ] as const) {
    await control({ down: true })
    await wait(seconds * 1000)
    const away = await counts()
    await control({ down: false })
    const began = performance.now()
    await agent.ready()
    const back = (performance.now() - began) / 1000
    await wait(Math.max(0, brief - back) * 1000)
    row(`while it is away for ${seconds} s, which ${outlived} outlives`, away, mean, '≤ 2')
    row(`afterwards; all ready after ${back.toFixed(1)} s`, await counts(), mean, outlived === 'nobody' ? '≤ 2' : '')
  }
  await agent.end()
}

function row(name: string, counts: readonly number[], mean: number, aim: string): void {
  const most = Math.max(...counts)
  console.log(`| ${name} | ${most} | ${(most / mean).toFixed(2)} | ${aim} |`)
}

function writeServices(base: string): void {
  mkdirSync(join(folder, 'services'))
  writeFileSync(join(folder, 'services', 'secret'), 'secret', { mode: 0o600 })
  for (let number = 0; number < services; number += 1) {
    const service = `service-${number}`
    writeFileSync(join(folder, 'services', `${service}.federate.json`), serviceFile(base, service))
  }
}

function startAgent(base: string, name: string): Promise<BenchAgent> {
  const env = { AWS_ENDPOINT_URL_STS: base, AWS_REGION: 'us-east-1' }
  return BenchAgent.start(join(folder, 'services'), join(folder, name), env)
}
