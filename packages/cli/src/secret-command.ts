import { spawn } from 'node:child_process'
import { FederateError, type ServiceWish } from '@federate/core'

export interface CommandPlace {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Hands a secret to a shell command on its standard input; FEDERATE_SERVICE_NAME and FEDERATE_CLIENT_ID say whose it is.
 * What the command prints is dropped: it may repeat the secret.
 */
export async function handToCommand(
  command: string,
  service: ServiceWish,
  secret: string,
  { cwd, env }: CommandPlace,
): Promise<void> {
  const named = { FEDERATE_SERVICE_NAME: service.name, FEDERATE_CLIENT_ID: service.clientId }
  const child = spawn(command, { shell: true, cwd, env: { ...env, ...named }, stdio: ['pipe', 'ignore', 'ignore'] })
  // A command that ends without reading says by its status what is wrong.
  child.stdin.on('error', () => {})
  child.stdin.end(secret)
  const status = await new Promise<number | string>((done) => {
    child.once('error', (error) => done(error.name))
    child.once('close', (code, signal) => done(code ?? signal ?? 'an unknown end'))
  })
  if (status === 0) return
  throw new FederateError({
    code: 'SECRET_COMMAND_FAILED',
    outcome: 'failed',
    problem: `The secret of ${service.name} was not taken: the --secret-command ended with ${status}.`,
    next: 'Try the command by hand with another text on its standard input; then run the same command again, which delivers the secret again.',
  })
}
