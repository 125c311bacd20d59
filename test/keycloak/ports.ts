import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Two loopback ports that are free now. Both are held until both are known, so that they differ. */
export async function freePorts(): Promise<[number, number]> {
  const [first, second] = [await listening(), await listening()]
  const ports: [number, number] = [first.port, second.port]
  for (const { server } of [first, second]) server.close()
  await Promise.all([first, second].map(({ server }) => once(server, 'close')))
  return ports
}

/** One of them alone. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts()
  return port
}

/**
 * Below the ports that a system gives to who asks for any, and to outgoing connections: what starts here needs seconds
 * until it listens, or listens there again later, and nobody may have got the port by chance meanwhile.
 */
const range = [20_000, 32_768] as const

async function listening(): Promise<{ readonly server: Server; readonly port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const [server, port] = [createServer(), randomInt(...range)]
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening')
      return { server, port }
    } catch (error) {
      if (attempt === 100) throw error
    }
  }
}
