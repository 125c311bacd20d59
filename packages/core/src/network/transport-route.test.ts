import dns from 'node:dns'
import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { TestAuthority } from '../authentication/certificates.test-kit.ts'
import { errorOf } from '../test-support.ts'
import type { Fetch } from './fetch.ts'
import { sendRequest } from './http.ts'
import { type NodeFetchOptions, nodeFetch } from './transport.ts'

const folder = mkdtempSync(join(tmpdir(), 'federate-route-'))
afterAll(() => rm(folder, { recursive: true }))
const authority = new TestAuthority(folder)
const server = authority.issue('issuer', 'DNS:localhost,DNS:kc.example.com,IP:127.0.0.1')
const ca = { pem: authority.certificate }
const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))

const closers: (() => void)[] = []
afterEach(() => {
  vi.restoreAllMocks()
  for (const close of closers.splice(0)) close()
})

async function listen(listener: Server): Promise<number> {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    listener.closeAllConnections()
    listener.close()
  })
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

const secureIssuer = () =>
  listen(createSecureServer({ cert: server.certificate, key: server.key }, (_, answer) => answer.end('the issuer')))
const plainIssuer = (headers: Record<string, string>) =>
  listen(createServer((_, answer) => answer.writeHead(200, headers).end('the issuer')))

interface TestProxy {
  readonly port: number
  readonly asked: { readonly method: string; readonly target: string; readonly authorization: string | undefined }[]
}

/** A forward proxy that wants a password; every name is this machine to it. */
async function startProxy(
  answer?: { status: number; body?: string; type?: string },
  secure = false,
): Promise<TestProxy> {
  const asked: TestProxy['asked'] = []
  const note = ({ method = '', url = '', headers }: IncomingMessage) => {
    asked.push({ method, target: url, authorization: headers['proxy-authorization'] })
    return headers['proxy-authorization'] === `Basic ${Buffer.from('jane:p@ss').toString('base64')}`
  }
  const listener = secure ? createSecureServer({ cert: server.certificate, key: server.key }) : createServer()
  listener.on('request', (request, response) => {
    if (!note(request)) return response.writeHead(407).end('<html>log in</html>')
    return response.end(`by proxy: ${request.url} ${request.headers.host}`)
  })
  listener.on('connect', (request: IncomingMessage, socket: Socket) => {
    const status = answer?.status ?? (note(request) ? 200 : 407)
    if (status !== 200 || answer !== undefined) {
      if (answer !== undefined) note(request)
      return socket.end(
        `HTTP/1.1 ${status} No\r\ncontent-type: ${answer?.type ?? 'text/html'}\r\n\r\n${answer?.body ?? ''}`,
      )
    }
    const port = Number(request.url?.split(':').at(-1))
    const through = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      through.pipe(socket).pipe(through)
    })
    for (const side of [through, socket]) side.on('error', () => [through, socket].map((one) => one.destroy()))
    return undefined
  })
  return { port: await listen(listener), asked }
}

async function get(fetch: Fetch, url: string): Promise<string> {
  return (await sendRequest({ fetch, method: 'GET', url })).body
}
const by = (options: NodeFetchOptions) => nodeFetch({ ca, ...options })

describe('through a proxy', () => {
  it('tunnels https with the credentials of the environment; NO_PROXY goes directly', async () => {
    const port = await secureIssuer()
    const proxy = await startProxy()
    const environment = { HTTPS_PROXY: `http://jane:p%40ss@127.0.0.1:${proxy.port}` }
    expect(await get(by({ environment }), `https://kc.example.com:${port}/`)).toBe('the issuer')
    expect(proxy.asked).toMatchObject([{ method: 'CONNECT', target: `kc.example.com:${port}` }])
    await expect(
      get(by({ environment: { ...environment, NO_PROXY: 'example.com' } }), `https://kc.example.com:${port}/`),
    ).rejects.toThrow()
    expect(proxy.asked).toHaveLength(1)
  })

  it('speaks https to the proxy where its URL says so', async () => {
    const port = await secureIssuer()
    const proxy = await startProxy(undefined, true)
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    try {
      const fetch = by({ proxy: `https://jane:p%40ss@127.0.0.1:${proxy.port}` })
      expect(await get(fetch, `https://kc.example.com:${port}/`)).toBe('the issuer')
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('sends requests without TLS whole', async () => {
    const proxy = await startProxy()
    const fetch = nodeFetch({ environment: { HTTP_PROXY: `http://jane:p%40ss@127.0.0.1:${proxy.port}` } })
    expect(await get(fetch, 'http://kc.example.com/token?x=1')).toBe(
      'by proxy: http://kc.example.com/token?x=1 kc.example.com',
    )
  })

  it('checks the certificate of the issuer behind the proxy, and not that of the proxy', async () => {
    const port = await secureIssuer()
    const proxy = await startProxy()
    const fetch = by({ proxy: `http://jane:p%40ss@127.0.0.1:${proxy.port}` })
    const error = await errorOf(() => get(fetch, `https://other.example.com:${port}/`))
    expect(error).toMatchObject({
      code: 'ISSUER_UNREACHABLE',
      details: { networkCode: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    })
  })

  it.each([
    [407, 'http://127.0.0.1', 'The proxy wants a user and a password: write them into the proxy option', false],
    [407, 'http://jane:wrong-canary@127.0.0.1', 'Check user and password in the proxy option', false],
    [403, 'http://127.0.0.1', 'Have the issuer added to what the proxy allows', false],
    [502, 'http://127.0.0.1', 'The proxy cannot reach the issuer', true],
    [405, 'http://127.0.0.1', 'names a proxy that allows CONNECT', false],
  ])('explains a refusal by %s', async (status, address, next, transient) => {
    const proxy = await startProxy({ status, body: '<html>canary</html>' })
    const fetch = by({ proxy: `${address}:${proxy.port}` })
    const error = await errorOf(() => get(fetch, 'https://kc.example.com:8443/'))
    expect(error).toMatchObject({ code: 'PROXY_REFUSED', outcome: 'unreachable', details: { status, transient } })
    expect(error.problem).toBe(
      `The proxy 127.0.0.1:${proxy.port}, set by the proxy option, does not let this host through to kc.example.com:8443: it answered with status ${status}.`,
    )
    expect(error.next).toContain(next)
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('canary')
  })

  it('explains a missing password for requests without TLS', async () => {
    const proxy = await startProxy()
    const error = await errorOf(() => get(nodeFetch({ proxy: `127.0.0.1:${proxy.port}` }), 'http://kc.example.com/'))
    expect(error).toMatchObject({ code: 'PROXY_REFUSED', details: { status: 407 } })
  })

  it('leaves a proxy that refuses and does not end its answer', async () => {
    const refused = createServer((_, answer) => answer.writeHead(407, { 'content-length': 10 }).write('<html>'))
    const port = await listen(refused)
    const left = new Promise((resolve) => refused.once('connection', (socket) => socket.once('close', resolve)))
    const error = await errorOf(() => get(nodeFetch({ proxy: `127.0.0.1:${port}` }), 'http://kc.example.com/'))
    expect(error).toMatchObject({ code: 'PROXY_REFUSED', details: { status: 407 } })
    await left
  })

  it('explains a proxy that answers with a page where a tunnel was asked for', async () => {
    const proxy = await startProxy({ status: 200, body: '<html>welcome</html>' })
    const error = await errorOf(() => get(by({ proxy: `127.0.0.1:${proxy.port}` }), 'https://kc.example.com/'))
    expect(error).toMatchObject({ code: 'PROXY_REFUSED', outcome: 'unreachable', details: { transient: false } })
    expect(error.problem).toBe(
      `The proxy 127.0.0.1:${proxy.port}, set by the proxy option, answered with a page where a tunnel to kc.example.com:443 was asked for.`,
    )
    const speaks = await startProxy({ status: 200, body: 'welcome', type: 'text/plain' })
    const other = await errorOf(() => get(by({ proxy: `127.0.0.1:${speaks.port}` }), 'https://kc.example.com/'))
    expect(other.problem).toContain('answered with a page where a tunnel')
  })

  it('tells a proxy that is down from an issuer that is', async () => {
    const gone = createServer()
    const port = await listen(gone)
    await new Promise((resolve) => gone.close(resolve))
    const fetch = by({ environment: { HTTPS_PROXY: `127.0.0.1:${port}` } })
    const error = await errorOf(() => get(fetch, 'https://kc.example.com/'))
    expect(error).toMatchObject({
      code: 'PROXY_UNREACHABLE',
      details: { networkCode: 'ECONNREFUSED', transient: true },
    })
    expect(error.problem).toContain(`The proxy at 127.0.0.1:${port}, set by HTTPS_PROXY, cannot be reached`)
  })

  it('gives up on a proxy that never answers, and when aborted', async () => {
    const silent = createServer()
    silent.on('connect', () => {})
    const port = await listen(silent)
    const slow = by({ proxy: `127.0.0.1:${port}`, connectTimeout: 0.05 })
    expect((await errorOf(() => get(slow, 'https://kc.example.com/'))).details).toMatchObject({
      networkCode: 'ETIMEDOUT',
    })
    const controller = new AbortController()
    const init = { method: 'GET', headers: {}, redirect: 'manual', signal: controller.signal } as const
    const asked = by({ proxy: `127.0.0.1:${port}` })('https://kc.example.com/', init)
    setTimeout(() => controller.abort('gone'), 20)
    await expect(asked).rejects.toBe('gone')
  })
})

describe('a private authority', () => {
  it('is the only one trusted, and is read anew', async () => {
    const port = await secureIssuer()
    const file = join(folder, 'trusted.pem')
    await writeFile(file, `some words\n${authority.certificate}`)
    const fetch = nodeFetch({ ca: { file } })
    expect(await get(fetch, `https://127.0.0.1:${port}/`)).toBe('the issuer')
    const otherFolder = mkdtempSync(join(folder, 'other-'))
    await writeFile(file, new TestAuthority(otherFolder, 'another CA').certificate)
    const error = await errorOf(() => get(fetch, `https://127.0.0.1:${port}/`))
    expect(error.problem).toContain('not signed by an authority that this process trusts')
    expect(error.next).toContain('NODE_EXTRA_CA_CERTS')
  })

  it.each([
    ['CA_FILE_UNREADABLE', { file: join(folder, 'none.pem') }, 'cannot be read (ENOENT)'],
    ['CA_INVALID', { pem: '' }, 'What was given as ca holds no certificate in PEM'],
    ['CA_INVALID', { pem: '-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----' }, 'cannot be decoded'],
  ])('is refused as %s', async (code, source, problem) => {
    const error = await errorOf(() => get(nodeFetch({ ca: source }), 'https://127.0.0.1/'))
    expect(error).toMatchObject({ code, outcome: 'usage' })
    expect(error.problem).toContain(problem)
    expect(error.message).not.toContain('canary')
  })
})

it('asks DNS for every new connection', async () => {
  const port = await plainIssuer({ connection: 'close' })
  const lookup = vi.spyOn(dns, 'lookup')
  const fetch = nodeFetch()
  await get(fetch, `http://localhost:${port}/`)
  await get(fetch, `http://localhost:${port}/`)
  expect(lookup).toHaveBeenCalledTimes(2)
})

it.runIf(hasIpv6)('follows a name to its new address', async () => {
  const port = await plainIssuer({ connection: 'close' })
  const moved = createServer((_, answer) => answer.end('at its new address'))
  await new Promise<void>((resolve) => moved.listen(port, '::1', resolve))
  closers.push(() => moved.close())
  let address = { address: '127.0.0.1', family: 4 }
  vi.spyOn(dns, 'lookup').mockImplementation((...parameters: unknown[]) => {
    const callback = parameters.at(-1)
    const [, options] = parameters
    const all = typeof options === 'object' && options !== null && Reflect.get(options, 'all') === true
    if (typeof callback === 'function') callback(null, ...(all ? [[address]] : [address.address, address.family]))
  })
  const fetch = nodeFetch()
  expect(await get(fetch, `http://issuer.test:${port}/`)).toBe('the issuer')
  address = { address: '::1', family: 6 }
  expect(await get(fetch, `http://issuer.test:${port}/`)).toBe('at its new address')
})
