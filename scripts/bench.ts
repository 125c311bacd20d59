import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

// What each measures is said at the top of its file.
const benches = [
  'start-up',
  'delivery',
  'agent-endpoint',
  'agent-fleet',
  'plan-calls',
  'gcp-plan-calls',
  'azure-plan',
  'plan-accounts',
  'explain',
  'verify',
  'tokens',
  'keycloak-requests',
] as const

/** Runs the benches named on the command line, or all: `npm run bench -- explain tokens`. */
function main(wanted: readonly string[]): number {
  const unknown = wanted.filter((name) => !benches.some((bench) => bench === name))
  if (unknown.length > 0) {
    process.stderr.write(`There is no bench ${unknown.join(', ')}; there is: ${benches.join(', ')}.\n`)
    return 64
  }
  const failed = benches.filter((name) => (wanted.length === 0 || wanted.includes(name)) && !run(name))
  if (failed.length > 0) process.stderr.write(`failed: ${failed.join(', ')}\n`)
  return failed.length === 0 ? 0 : 1
}

function run(name: string): boolean {
  const file = fileURLToPath(new URL(`../test/bench/${name}.ts`, import.meta.url))
  // Memory is measured after a collection.
  return spawnSync(process.execPath, ['--expose-gc', file], { stdio: 'inherit' }).status === 0
}

process.exitCode = main(process.argv.slice(2))
