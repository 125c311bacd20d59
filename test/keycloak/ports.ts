import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Two loopback ports that are free now. Both are held until both are known, so that they differ. */
export async function freePorts(): Promise<[number, number]> {
  const first = await listening()
  const second = await listening()
  const ports: [number, number] = [portOf(first), portOf(second)]
  first.close()
  second.close()
  await Promise.all([once(first, 'close'), once(second, 'close')])
  return ports
}

async function listening(): Promise<Server> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}
