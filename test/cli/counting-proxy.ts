import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { pipeline } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

export interface CountingProxy {
  readonly url: string
  /** Since the proxy was last asked. */
  requests(): number
  /** Writes to the Admin API, ever. */
  writes(): number
  /** Calls back once, when the write of this number arrives from now on; it is still carried out. */
  atWrite(position: number, then: () => void): void
  /** Until nobody is connected any more, and what they asked for is done: also what was sent by who has died since. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** Passes everything on to a Keycloak, and counts. */
export async function countingProxy(target: string): Promise<CountingProxy> {
  let requests = 0
  let writes = 0
  let underWay = 0
  let pending: { readonly at: number; readonly then: () => void } | undefined
  const server = createServer((incoming, response) => {
    requests += 1
    if (incoming.method !== 'GET' && incoming.url?.includes('/admin/')) writes += 1
    if (pending !== undefined && writes === pending.at) {
      const { then } = pending
      pending = undefined
      then()
    }
    const { method = 'GET', headers, url = '/' } = incoming
    const onward = request(
      `${target}${url}`,
      { method, headers: { ...headers, host: new URL(target).host } },
      (answer) => {
        // Read to its end also where nobody waits for it any more.
        if (response.destroyed) return answer.resume()
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
        return response.once('close', () => answer.resume())
      },
    )
    underWay += 1
    onward.once('close', () => {
      underWay -= 1
    })
    onward.on('error', () => response.destroy())
    pipeline(incoming, onward, () => {})
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    requests: () => {
      const counted = requests
      requests = 0
      return counted
    },
    writes: () => writes,
    atWrite: (position, then) => {
      pending = { at: writes + position, then }
    },
    idle: async () => {
      while (underWay > 0 || (await connectionsOf(server)) > 0) await wait(5)
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function connectionsOf(server: Server): Promise<number> {
  return promisify(server.getConnections.bind(server))()
}
