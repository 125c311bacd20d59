/**
 * Many programs that want the same credentials at once and find none, and `exec` beside `credentials`. Prints tables; fails when
 * more is asked of issuer and cloud than once.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Comparison, compare, ratios, table } from './measure.ts'
import { oneService } from './one-service.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.cjs', import.meta.url))
const rounds = Number(process.env['ROUNDS'] ?? 15)
const together = 64

const service = await oneService()
try {
  const cold = {
    name: '`federate credentials aws`, cold',
    args: [main, 'credentials', 'aws', '-s', service.file],
    env: service.env,
    before: service.forget,
  }
  const exec = {
    ...cold,
    name: '`federate exec -- true`, cold',
    args: [main, 'exec', '-s', service.file, '--', 'true'],
  }
  const rows = [await atOnce(cold.args), compare(exec, cold, rounds, '≤ 1.2')]
  console.log(table(rows))
} finally {
  service.close()
}

/** A token and an exchange: two requests, however many ask. */
async function atOnce(args: readonly string[]): Promise<Comparison> {
  const pairs: [number, number][] = []
  for (let round = 0; round < Math.ceil(rounds / 3); round += 1) {
    const bare = await timeOf(['-e', '0'])
    service.forget()
    await service.requests()
    const time = await timeOf(args)
    const requests = await service.requests()
    if (requests !== 2) throw new Error(`${together} processes at once made ${requests} requests instead of 2.`)
    pairs.push([time, bare])
  }
  return ratios(
    `${together} × \`federate credentials aws\` at once, cold`,
    `${together} × \`node -e 0\` at once`,
    pairs,
    '≤ 2.0',
  )
}

/** Milliseconds until as many processes, begun at once, have ended. */
async function timeOf(args: readonly string[]): Promise<number> {
  const begun = performance.now()
  await Promise.all(Array.from({ length: together }, () => ended(args)))
  return performance.now() - begun
}

function ended(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env: { ...process.env, ...service.env }, stdio: 'ignore' })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a process ended with ${code}`))))
  })
}
