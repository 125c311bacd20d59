import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type Fetch, nodeFetch, type ServiceFile } from '@federate/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { examineIssuer } from './issuer.ts'

let server: Server
let url: string
let answers: Record<string, { status?: number; body: unknown; headers?: Record<string, string> }>

beforeEach(async () => {
  server = createServer((request, response) => {
    const { status = 200, body, headers = {} } = answers[request.url ?? ''] ?? { status: 404, body: {} }
    response.sendDate = headers['date'] !== 'none'
    response.writeHead(status, { 'content-type': 'application/json', ...(headers['date'] === 'none' ? {} : headers) })
    response.end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/realms/prod`
  answers = {
    '/realms/prod/.well-known/openid-configuration': { body: { issuer: url, jwks_uri: `${url}/certs` } },
    '/realms/prod/certs': {
      body: {
        keys: [
          { kty: 'RSA', alg: 'RS256', use: 'sig' },
          { kty: 'RSA', use: 'enc' },
        ],
      },
    },
  }
})
afterEach(() => server.close())

function file(issuer: string, targets: ServiceFile['targets'] = {}): ServiceFile {
  const auth = { method: 'client_secret_basic', secret: { file: 'secret' } } as const
  return { version: 1, service: 'billing', clientId: 'billing', issuer: { url: issuer, kind: 'oidc' }, auth, targets }
}

async function found(targets?: ServiceFile['targets'], issuer = url, fetch: Fetch = nodeFetch({ environment: {} })) {
  const signal = new AbortController().signal
  const context = { signal, now: Date.now, fetch, env: {}, warn: () => undefined }
  const { place, keys } = await examineIssuer(file(issuer, targets), fetch, context)
  return {
    keys,
    checks: place.checks.map(({ rule, outcome, detail, error }) => [rule, outcome, error?.code ?? detail]),
  }
}

it('says what it found, and gives the keys', async () => {
  const { keys, checks } = await found({ s3: { cloud: 'aws' } })
  expect(checks).toEqual([
    ['discovery', 'passed', `it says that it is ${url}`],
    ['keys', 'passed', '1 for signatures (RS256)'],
    ['clock', 'passed', "as the issuer's"],
  ])
  expect(keys).toContain('"alg":"RS256"')
})

it.each([
  ['another issuer', { '/realms/prod/.well-known/openid-configuration': { body: { issuer: 'https://x.example' } } }],
  ['none at all', { '/realms/prod/.well-known/openid-configuration': { status: 404, body: {} } }],
])('reaches no keys where there is %s', async (_what, changed) => {
  Object.assign(answers, changed)
  const { keys, checks } = await found()
  expect(checks.map(([rule, outcome]) => [rule, outcome])).toEqual([
    ['discovery', 'failed'],
    ['keys', 'not reached'],
    ['clock', 'not reached'],
  ])
  expect(keys).toBeUndefined()
})

it.each([
  ['no jwks_uri', '.well-known/openid-configuration', { body: {} }],
  ['a status', 'certs', { status: 503, body: {} }],
  ['no list', 'certs', { body: { keys: 'none' } }],
  ['only keys for encryption', 'certs', { body: { keys: [{ kty: 'RSA', use: 'enc' }, null, 1] } }],
])('fails on keys with %s', async (_what, path, answer) => {
  const body = path === 'certs' ? answer.body : { issuer: url }
  answers[`/realms/prod/${path}`] = { ...answer, body }
  const { keys, checks } = await found()
  expect(checks[1]).toEqual(['keys', 'failed', 'ISSUER_KEYS'])
  expect(checks[2]?.slice(0, 2)).toEqual(['clock', 'not reached'])
  expect(keys).toBeUndefined()
})

it('warns of clocks that differ, and does not guess where the issuer tells no time', async () => {
  const certs = answers['/realms/prod/certs'] ?? { body: {} }
  const date = new Date(Date.now() - 3_600_000).toUTCString()
  answers['/realms/prod/certs'] = { ...certs, headers: { date } }
  expect((await found()).checks[2]).toEqual([
    'clock',
    'warning',
    expect.stringMatching(/^This host's clock is .* ahead of the issuer's\.$/),
  ])
  answers['/realms/prod/certs'] = { ...certs, headers: { date: 'none' } }
  expect((await found()).checks[2]).toEqual(['clock', 'unknown', 'The issuer does not tell its time.'])
})

it('warns of an issuer that only this network knows, for the sake of clouds alone', async () => {
  const unreachable: Fetch = () => Promise.reject(new Error('no such host'))
  const hidden = 'https://keycloak.internal/realms/prod'
  const address = [
    'address',
    'warning',
    `AWS and Azure cannot reach ${hidden} from the internet, and will refuse its tokens.`,
  ]
  expect((await found({ s3: { cloud: 'aws' } }, hidden, unreachable)).checks).toContainEqual(address)
  expect((await found({}, hidden, unreachable)).checks).not.toContainEqual(address)
})
