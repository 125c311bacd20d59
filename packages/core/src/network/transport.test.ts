import { getEventListeners } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { FetchInit, FetchResponse } from './fetch.ts'
import { type NodeFetchOptions, nodeFetch } from './transport.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function portOf(server: Server | ReturnType<typeof createTcpServer>, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<string> {
  const server = createServer(listener)
  const port = await portOf(server, host)
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/path?query=1`
}

function get(url: string, init: Partial<FetchInit> = {}, options: NodeFetchOptions = {}): Promise<FetchResponse> {
  const { signal } = new AbortController()
  return nodeFetch(options)(url, { method: 'GET', headers: {}, redirect: 'manual', signal, ...init })
}

async function text(response: FetchResponse): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of response.body ?? []) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('nodeFetch', () => {
  it('sends method, path, headers and body, and gives status, headers and body', async () => {
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const { method, url: path, headers } = request
      response.writeHead(201, { 'X-Answer': 'yes', 'set-cookie': ['a=1', 'b=2'] })
      response.end(
        JSON.stringify([method, path, headers['x-ask'], headers['content-length'], Buffer.concat(chunks).toString()]),
      )
    })
    const response = await get(url, { method: 'POST', headers: { 'x-ask': 'please' }, body: 'häé' })
    expect(response.status).toBe(201)
    expect(response.headers.get('x-answer')).toBe('yes')
    expect(response.headers.get('Set-Cookie')).toBe('a=1, b=2')
    expect(response.headers.get('x-none')).toBeNull()
    expect(Date.parse(response.headers.get('Date') ?? '')).not.toBeNaN()
    expect(JSON.parse(await text(response))).toEqual(['POST', '/path?query=1', 'please', '5', 'häé'])
  })

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'] as const)(
    'frames the body of %s, so that the connection can go on',
    async (method) => {
      const bodies: string[] = []
      const url = await serve(async (request, response) => {
        let body = ''
        for await (const chunk of request) body += chunk
        bodies.push(body)
        response.end()
      })
      for (const body of ['[{"name":"häé"}]', 'second']) expect((await get(url, { method, body })).status).toBe(200)
      expect(bodies).toEqual(['[{"name":"häé"}]', 'second'])
    },
  )

  it('hands a redirect back', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: 'https://elsewhere.example' }).end())
    const response = await get(url)
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('https://elsewhere.example')
  })

  it('streams: leaving an endless body early closes the connection', async () => {
    let closed: () => void = () => {}
    const connectionClosed = new Promise<void>((resolve) => {
      closed = resolve
    })
    const url = await serve((_, response) => {
      response.once('close', closed)
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', more)
      more()
    })
    const response = await get(url)
    let length = 0
    for await (const chunk of response.body ?? []) {
      length += chunk.byteLength
      if (length > 200_000) break
    }
    await connectionClosed
    expect(length).toBeGreaterThan(200_000)
  })

  it('gives up when no answer begins in time', async () => {
    const url = await serve(() => {})
    await expect(get(url, {}, { timeout: 0.05 })).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      message: 'no complete answer within 0.05 s',
    })
  })

  it('gives up when the body does not end in time', async () => {
    const url = await serve((_, response) => {
      response.write('half')
    })
    const response = await get(url, {}, { timeout: 0.2 })
    await expect(text(response)).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  })

  it('gives up when the connection with its handshake does not stand in time', async () => {
    const server = createTcpServer(() => {})
    const port = await portOf(server)
    closers.push(() => server.close())
    await expect(get(`https://127.0.0.1:${port}/`, {}, { connectTimeout: 0.05 })).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      message: 'no connection within 0.05 s',
    })
  })

  it('passes on a refused connection, a reset and what is not HTTP', async () => {
    const gone = createServer()
    const port = await portOf(gone)
    await new Promise((resolve) => gone.close(resolve))
    await expect(get(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })

    const reset = await serve((request) => request.socket.destroy())
    await expect(get(reset)).rejects.toMatchObject({ code: 'ECONNRESET' })

    const other = createTcpServer((socket) => socket.end('SSH-2.0-x\r\n'))
    const otherPort = await portOf(other)
    closers.push(() => other.close())
    await expect(get(`http://127.0.0.1:${otherPort}/`)).rejects.toMatchObject({ code: expect.stringMatching(/^HPE_/) })
  })

  it('reports an answer that was cut off', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
      setImmediate(() => response.destroy())
    })
    const response = await get(url)
    await expect(text(response)).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('rejects with the reason when aborted: before, while waiting, within the body', async () => {
    const url = await serve((request, response) => {
      if (request.headers['x-body'] !== undefined) response.write('half')
    })
    await expect(get(url, { signal: AbortSignal.abort('early') })).rejects.toBe('early')

    const waiting = new AbortController()
    const answer = get(url, { signal: waiting.signal })
    waiting.abort('while waiting')
    await expect(answer).rejects.toBe('while waiting')

    const reading = new AbortController()
    const response = await get(url, { signal: reading.signal, headers: { 'x-body': '1' } })
    const body = text(response)
    reading.abort('within the body')
    await expect(body).rejects.toBe('within the body')
  })

  it('refuses other protocols and what is not a URL by rejecting', async () => {
    await expect(get('ftp://127.0.0.1/')).rejects.toMatchObject({ code: 'ERR_INVALID_PROTOCOL' })
    await expect(get('no url')).rejects.toMatchObject({ code: 'ERR_INVALID_URL' })
  })

  const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))
  it.runIf(hasIpv6)('reaches IPv6 addresses', async () => {
    const url = await serve((_, response) => response.end('six'), '::1')
    expect(await text(await get(url))).toBe('six')
  })

  it('leaves no timer and no listener behind', async () => {
    const url = await serve((_, response) => response.end('done'))
    const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length
    const before = timers()
    const { signal } = new AbortController()
    const response = await get(url, { signal }, { timeout: 3600 })
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await text(response)
    await vi.waitFor(() => expect(getEventListeners(signal, 'abort')).toHaveLength(0))
    expect(timers()).toBeLessThanOrEqual(before)
  })
})
