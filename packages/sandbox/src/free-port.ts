import { FederateError } from '@federate/core'
import { serveOnLoopback } from './loopback-server.ts'

/**
 * A port of 127.0.0.1 on which nothing listens at the moment.
 *
 * @param preferred the one to take if it is free
 * @param kept ports that are for something else
 */
export async function freePort(preferred: number, kept: ReadonlySet<number>): Promise<number> {
  const port = kept.has(preferred) ? undefined : await tried(preferred)
  return port ?? (await tried(0)) ?? preferred
}

/** The port on which could be listened; nothing where another program does. */
async function tried(port: number): Promise<number | undefined> {
  try {
    const server = await serveOnLoopback((_, response) => void response.end(), { port, label: 'an issuer' })
    await server.close()
    return server.port
  } catch (error) {
    if (error instanceof FederateError && error.code === 'SANDBOX_PORT_TAKEN') return undefined
    throw error
  }
}
