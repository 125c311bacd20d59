import { spawnSync } from 'node:child_process'

export interface KeycloakAvailability {
  readonly available: boolean
  /** What is missing, for people; empty when nothing is. */
  readonly missing: readonly string[]
}

const neededPrograms = [
  { name: 'java', args: ['-version'] },
  { name: 'mvn', args: ['-version'] },
]

/**
 * Whether a real Keycloak can run here: it needs Java and, to be fetched, Maven.
 *
 * Says loudly on stderr what is missing.
 *
 * @throws Error under `CI=true`, where tests that do not run are a failure.
 */
export function keycloakAvailability(env: NodeJS.ProcessEnv = process.env): KeycloakAvailability {
  const missing = neededPrograms.filter((program) => !runs(program, env)).map((program) => program.name)
  if (missing.length === 0) return { available: true, missing }
  const message = `The tests against a real Keycloak need ${missing.join(' and ')}: not found on this machine.`
  if (env['CI'] === 'true')
    throw new Error(`${message} Install what is missing: under CI=true they may not be skipped.`)
  process.stderr.write(`\n!!! NOT TESTED: ${message} They are skipped.\n\n`)
  return { available: false, missing }
}

function runs(program: { name: string; args: readonly string[] }, env: NodeJS.ProcessEnv): boolean {
  return spawnSync(program.name, program.args, { env, stdio: 'ignore' }).status === 0
}
