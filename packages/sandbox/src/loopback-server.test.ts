import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { type LoopbackServer, serveOnLoopback } from './loopback-server.ts'

const started: LoopbackServer[] = []
afterEach(async () => {
  for (const server of started.splice(0)) await server.close()
})

async function serve(port?: number): Promise<LoopbackServer> {
  const server = await serveOnLoopback((_request, response) => void response.end('served'), {
    label: 'a test',
    ...(port === undefined ? {} : { port }),
  })
  started.push(server)
  return server
}

function status(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .once('error', reject)
      .end()
  })
}

describe('serveOnLoopback', () => {
  it.each([
    ['a loopback address', { host: '127.0.0.1:1' }, 200],
    ['localhost', { host: 'localhost' }, 200],
    ['a page from loopback', { host: 'localhost', origin: 'http://localhost:3000' }, 200],
    ['a foreign name that leads here', { host: 'rebound.example.com' }, 421],
    ['a name that begins like loopback', { host: '127.0.0.1.example.com' }, 421],
    ['a page of the internet', { host: '127.0.0.1', origin: 'https://example.com' }, 421],
    ['a page without an origin of its own', { host: '127.0.0.1', origin: 'null' }, 421],
  ])('answers %s', async (_name, headers, expected) => {
    const { port } = await serve()
    expect(await status(port, headers)).toBe(expected)
  })

  it('says which port is taken', async () => {
    const { port } = await serve()
    await expect(serve(port)).rejects.toMatchObject({
      code: 'SANDBOX_PORT_TAKEN',
      problem: `The sandbox cannot serve a test: another process listens on 127.0.0.1:${port}.`,
    })
  })
})
