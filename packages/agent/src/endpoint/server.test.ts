import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notListening } from './not-listening.ts'
import { BadRequest, type Door, type EndpointServer, serveEndpoints } from './server.ts'

const secret = 'the-secret-of-the-door'
const body = '{"lent":true}'
const missing = new BadRequest({ code: 'LACKS', outcome: 'usage', problem: 'It lacks something.', next: 'Add it.' })
let server: EndpointServer

beforeAll(async () => {
  server = await serveEndpoints({ patience: 0.3 })
  const given = { status: 200, body }
  const thrown = (error: Error) => () => {
    throw error
  }
  const answers: Readonly<Record<string, Door['answer']>> = {
    '/billing/s3': async () => given,
    '/at-once': () => given,
    '/fails-at-once': thrown(missing),
    '/fails-later': async () => Promise.reject(missing),
    '/breaks': thrown(new Error('what is inside')),
  }
  const door = ([path, answer]: [string, Door['answer']]): Door => ({
    path,
    secret: { header: 'authorization', value: secret },
    answer,
    refusal: (code, message) => JSON.stringify({ code, message }),
  })
  server.open(Object.entries(answers).map(door))
})

afterAll(() => server.close())

/** Sends bytes as they are, and gives everything that comes back until the connection is closed. */
async function sent(bytes: string, { end = true } = {}): Promise<string> {
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname).on('error', () => undefined)
  let received = ''
  socket.setEncoding('utf8').on('data', (text) => {
    received += text
  })
  if (end) socket.end(bytes)
  else socket.write(bytes)
  await once(socket, 'close')
  return received
}

const request = (headers: readonly string[], line = 'GET /billing/s3 HTTP/1.1') =>
  `${[line, ...headers].join('\r\n')}\r\n\r\n`
const host = 'Host: 127.0.0.1'
const authorization = `Authorization: ${secret}`
const statuses = (answers: string) => [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

describe('an endpoint that cannot be', () => {
  it('says that another process has its port', async () => {
    const port = Number(new URL(server.url).port)
    await expect(serveEndpoints({ port })).rejects.toMatchObject({
      code: 'ENDPOINT_PORT_TAKEN',
      outcome: 'failed',
      problem: `Another process listens on 127.0.0.1:${port} already.`,
      next: 'End the other process, or name another address with --listen.',
    })
  })

  // RFC 5737: addresses for documentation are nobody's.
  it('says that its address is not of this host', async () => {
    await expect(serveEndpoints({ host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'ENDPOINT_NOT_LISTENING',
      problem: 'Nothing can be served on 192.0.2.1:0 (EADDRNOTAVAIL: this host has no such address).',
      next: 'Name an address of this host with --listen; 0.0.0.0 and [::] stand for all of them.',
    })
  })

  it('says which right a low port wants', () => {
    const refused = notListening('127.0.0.1', 443, Object.assign(new Error('bind'), { code: 'EACCES' }))
    expect(refused).toMatchObject({
      code: 'ENDPOINT_NOT_LISTENING',
      problem: 'Nothing can be served on 127.0.0.1:443 (EACCES: this user may not).',
      next: 'Name a port from 1024 up with --listen, or give the process CAP_NET_BIND_SERVICE, as the unit of `federate agent --unit` does.',
    })
    const high = notListening('127.0.0.1', 9912, Object.assign(new Error('bind'), { code: 'EACCES' }))
    expect(high.next).toBe('Name another address with --listen.')
  })
})

describe('an endpoint', () => {
  it('answers who asks as an SDK does', async () => {
    const answer = await sent(request([host, authorization]))
    expect(statuses(answer)).toEqual([200])
    expect(answer).toContain(`\r\n\r\n${body}`)
    expect(answer).toContain('cache-control: no-store')
  })

  it('answers pipelined requests one after the other, each by its own secret', async () => {
    const wrong = request([host, 'Authorization: another'])
    const right = request([host, authorization])
    const answers = await sent(`${right}${wrong}${right}`)
    expect(statuses(answers)).toEqual([200, 401, 200])
    expect(answers.split(body)).toHaveLength(3)
  })

  it.each([
    ['a secret twice', request([host, authorization, authorization]), 401],
    ['a wrong secret beside the right one', request([host, 'Authorization: x', authorization]), 401],
    ['two hosts', request([host, host, authorization]), 403],
    ['a host of somebody else', request(['Host: evil.example', authorization]), 403],
    ['a host of somebody else before the right one', request(['Host: evil.example', host, authorization]), 403],
    ['a page', request([host, 'Origin: http://127.0.0.1', authorization]), 403],
    ['a page that does not say which', request([host, authorization, 'SEC-FETCH-SITE: none']), 403],
    ['a proxy', request([host, authorization, 'X-Forwarded-For: 10.0.0.1']), 403],
    ['a proxy by RFC 7239', request([host, authorization, 'Forwarded: for=10.0.0.1']), 403],
    ['no host', request([authorization]), 400],
    ['no host in HTTP/1.0', request([authorization], 'GET /billing/s3 HTTP/1.0'), 403],
    ['two lengths', request([host, authorization, 'Content-Length: 1', 'Content-Length: 2']), 400],
    ['a length and chunks', request([host, authorization, 'Content-Length: 5', 'Transfer-Encoding: chunked']), 400],
    ['no request at all', 'hello\r\n\r\n', 400],
    ['a space before the colon', request([host, `Authorization : ${secret}`]), 400],
    ['headers of 20 kB', request([host, authorization, `X: ${'x'.repeat(20_000)}`]), 431],
    ['an address of 20 kB', request([host, authorization], `GET /${'x'.repeat(20_000)} HTTP/1.1`), 431],
    ['the address of a proxy', request([host, authorization], 'GET http://evil.example/billing/s3 HTTP/1.1'), 404],
    ['a way round', request([host, authorization], 'GET /x/../billing/s3 HTTP/1.1'), 404],
    ['another method', request([host, authorization], 'DELETE /billing/s3 HTTP/1.1'), 405],
  ])('lends nothing for %s', async (_name, bytes, status) => {
    const answer = await sent(bytes)
    expect(statuses(answer)).toEqual([status])
    expect(answer).not.toContain(body)
  })

  it.each([
    ['/at-once', 200, body],
    ['/fails-at-once', 400, '{"code":"LACKS","message":"It lacks something."}'],
    ['/fails-later', 400, '{"code":"LACKS","message":"It lacks something."}'],
    ['/breaks', 500, '{"code":"Failed","message":"It failed."}'],
  ])('answers what is behind %s with %i', async (path, status, text) => {
    const answer = await sent(request([host, authorization], `GET ${path} HTTP/1.1`))
    expect(statuses(answer)).toEqual([status])
    expect(answer.split('\r\n\r\n')[1]).toBe(text)
  })

  it('does not read what is sent along, and ends the connection', async () => {
    const answer = await sent(request([host, authorization, 'Content-Length: 100000000']), { end: false })
    expect(statuses(answer)[0]).toBe(200)
    expect(answer).toContain('connection: close')
  })

  it('ends connections that are too slow, and answers others meanwhile', async () => {
    const slow = sent('GET /billing/s3 HTTP/1.1\r\nHost: 127.', { end: false })
    expect(statuses(await sent(request([host, authorization])))).toEqual([200])
    expect(statuses(await slow)).toEqual([408])
  })

  it('lends nothing to who does not know the secret, whatever is sent', async () => {
    const part = fc.oneof(
      fc.constantFrom('GET', ' ', '/billing/s3', 'HTTP/1.1', '\r\n', '\r\n\r\n', host, 'Authorization: ', 'x: y', '\0'),
      fc.string({ unit: 'binary', maxLength: 20 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 20 }), async (parts) => {
        expect(await sent(`${parts.join('')}\r\n\r\n`)).not.toContain(body)
      }),
    )
    expect(statuses(await sent(request([host, authorization])))).toEqual([200])
  })
})
