import { describe, expect, it, vi } from 'vitest'
import { errorOf, fakeAnswer, fakeFetch, type Reply, systemError } from '../test-support.ts'
import type { Fetch } from './fetch.ts'
import { jsonObject, sendRequest, tryJsonObject } from './http.ts'

const url = 'https://kc.example.com/token'

describe('sendRequest', () => {
  it('gives status, headers and body, whatever the status', async () => {
    const { fetch, calls } = fakeFetch(() => ({ status: 418, headers: { 'x-a': '1' }, body: 'tea' }))
    const answer = await sendRequest({
      fetch,
      method: 'POST',
      url: `${url}?a=b`,
      form: { a: 'ö &' },
      headers: { 'x-b': '2' },
    })
    expect(answer).toMatchObject({ url, status: 418, body: 'tea' })
    expect(answer.header('x-a')).toBe('1')
    expect(answer.header('x-none')).toBeUndefined()
    expect(calls[0]?.init).toMatchObject({
      method: 'POST',
      redirect: 'manual',
      body: 'a=%C3%B6+%26',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', 'x-b': '2' },
    })
  })

  it.each([
    ['https://other.example.com/login?state=secret', 'https://other.example.com'],
    ['/login', 'https://kc.example.com'],
    [undefined, 'an unnamed place'],
  ])('refuses a redirect to %s', async (location, origin) => {
    const headers: Record<string, string> = location === undefined ? {} : { location }
    const { fetch } = fakeFetch(() => ({ status: 302, headers }))
    const error = await errorOf(() => sendRequest({ fetch, method: 'GET', url }))
    expect(error).toMatchObject({ code: 'ISSUER_REDIRECTS', outcome: 'unreachable' })
    expect(error.problem).toContain(`a redirect (302) to ${origin},`)
    expect(error.message).not.toContain('secret')
  })

  it('leaves the body of a redirect, which would hold the connection', async () => {
    let left = false
    const body = (async function* () {
      try {
        for (;;) yield Buffer.from('x')
      } finally {
        left = true
      }
    })()
    const fetch: Fetch = async () => ({ status: 302, headers: { get: () => null }, body })
    await errorOf(() => sendRequest({ fetch, method: 'GET', url }))
    await vi.waitFor(() => expect(left).toBe(true))
  })

  it('refuses a body that is too large without reading it to its end', async () => {
    let chunks = 0
    const fetch: Fetch = async () => ({
      status: 200,
      headers: { get: () => null },
      body: (async function* () {
        for (;;) {
          chunks += 1
          yield new Uint8Array(1000)
        }
      })(),
    })
    const error = await errorOf(() => sendRequest({ fetch, method: 'GET', url, maximumBytes: 2500 }))
    expect(error).toMatchObject({ code: 'ISSUER_ANSWER_TOO_LARGE', outcome: 'unreachable' })
    expect(error.problem).toBe(`${url} answered with more than 2500 bytes.`)
    expect(chunks).toBe(3)
  })

  it('speaks of the peer that was asked', async () => {
    const peer = { prefix: 'GCP', name: 'Google STS' }
    const to = (reply: Reply) => ({ fetch: fakeFetch(() => reply).fetch, peer, method: 'GET', url }) as const
    const redirect = await errorOf(() => sendRequest(to({ status: 302 })))
    expect(redirect.code).toBe('GCP_REDIRECTS')
    const page = await sendRequest(to({ headers: { 'content-type': 'text/html' }, body: '<html>' }))
    const notJson = await errorOf(() => jsonObject(page))
    expect(notJson).toMatchObject({ code: 'GCP_NOT_JSON' })
    expect(notJson.next).toBe(
      'A page for people usually means a login proxy before Google STS, or a URL that is not Google STS: open it in a browser.',
    )
    const refused = () => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }))
    const unreachable = await errorOf(() => sendRequest({ fetch: refused, peer, method: 'GET', url }))
    expect(unreachable).toMatchObject({ code: 'GCP_UNREACHABLE' })
    expect(unreachable.problem).toMatch(/^Google STS at kc\.example\.com:443 cannot be reached/)
    expect(unreachable.next).toContain('Check that Google STS is running')
  })

  it('turns network errors into ISSUER_UNREACHABLE with host, port and code', async () => {
    const { fetch } = fakeFetch(() => {
      throw systemError('ECONNREFUSED')
    })
    const error = await errorOf(() => sendRequest({ fetch, method: 'GET', url }))
    expect(error).toMatchObject({
      code: 'ISSUER_UNREACHABLE',
      outcome: 'unreachable',
      details: { host: 'kc.example.com:443', networkCode: 'ECONNREFUSED', transient: true },
    })
  })

  it('gives up after its timeout, even if fetch does not listen', async () => {
    const error = await errorOf(() =>
      sendRequest({ fetch: () => new Promise(() => {}), method: 'GET', url, timeout: 0.001 }),
    )
    expect(error.details).toMatchObject({ networkCode: 'ETIMEDOUT' })
  })

  it('rejects with the reason of the caller', async () => {
    const controller = new AbortController()
    const request = sendRequest({ fetch: () => new Promise(() => {}), method: 'GET', url, signal: controller.signal })
    controller.abort('gone')
    await expect(request).rejects.toBe('gone')
  })
})

describe('jsonObject', () => {
  it('reads an object whatever its content type', () => {
    expect(jsonObject(fakeAnswer({ headers: { 'content-type': 'text/plain' }, body: '{"a":1}' }))).toEqual({ a: 1 })
  })

  it.each(['<html>canary</html>', '[]', 'null', '"canary"', '', '{"a":'])('refuses %s', async (body) => {
    const answer = fakeAnswer({ headers: { 'content-type': 'text/html; charset=utf-8' }, body })
    const error = await errorOf(() => jsonObject(answer))
    expect(error).toMatchObject({ code: 'ISSUER_NOT_JSON', outcome: 'unreachable' })
    expect(error.problem).toBe(
      'https://kc.example.com/token answered with status 200 and text/html; charset=utf-8, where a JSON object was expected.',
    )
    expect(error.next).toContain('login proxy')
    expect(error.cause).toBeUndefined()
    expect(tryJsonObject(answer)).toBeUndefined()
  })

  it('names a missing content type', async () => {
    const error = await errorOf(() => jsonObject(fakeAnswer({ body: 'x' })))
    expect(error.problem).toContain('no content type')
  })
})
