/** What a token costs that is there already, and one that is not. Prints tables; asserts nothing. */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import {
  clientCredentials,
  clientSecret,
  type Fetch,
  keepFresh,
  privateKeyJwt,
  Token,
  type TokenSource,
} from '@federate/core'
import { SignJWT } from 'jose'

const rounds = Number(process.env['ROUNDS'] ?? 25)

const issued = new Token('opaque', new Date(Date.now() + 3_600_000))
const source: TokenSource = { getToken: async () => issued }
const kept = keepFresh(source)
await kept.getToken()
const bare = async () => issued
const wish = { audience: 'api://orders', scope: ['read', 'write'] }
await kept.getToken(wish)

console.log('| what | against | ratio of medians (range) | ns |\n|---|---|---|---|')
await compare('a kept token', () => kept.getToken(), 'a bare async function', bare, 200_000)
await compare('a kept token by audience and scopes', () => kept.getToken(wish), 'a bare async function', bare, 200_000)

for (const [algorithm, pair] of [
  ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['EdDSA', generateKeyPairSync('ed25519')],
] as const) {
  const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const auth = privateKeyJwt({ pem, algorithm })
  const issuer = 'https://kc.example.com/realms/prod'
  const request = { clientId: 'billing', issuer, tokenEndpoint: `${issuer}/token`, now: Date.now }
  const bareJose = () =>
    new SignJWT({ iss: 'billing', sub: 'billing', aud: issuer, jti: randomUUID() })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(pair.privateKey)
  await compare(`an assertion, ${algorithm}`, () => auth.authenticate(request), 'bare jose', bareJose, 500)
}

await stampede()
await memory()

/** Rounds in turn, compared pair by pair, so that a slow moment of the machine hits both. */
async function compare(
  what: string,
  work: () => Promise<unknown>,
  against: string,
  floor: () => Promise<unknown>,
  times: number,
): Promise<void> {
  await time(floor, times)
  await time(work, times)
  const pairs: [number, number][] = []
  for (let round = 0; round < rounds; round += 1) pairs.push([await time(floor, times), await time(work, times)])
  const ratios = pairs.map(([base, own]) => own / base).sort((one, other) => one - other)
  const [base, own] = [median(pairs.map(([one]) => one)), median(pairs.map(([, one]) => one))]
  const range = `${(ratios[0] ?? 0).toFixed(2)}–${(ratios.at(-1) ?? 0).toFixed(2)}`
  console.log(
    `| ${what} | ${against} | ${median(ratios).toFixed(2)} (${range}) | ${own.toFixed(0)} / ${base.toFixed(0)} |`,
  )
}

async function time(work: () => Promise<unknown>, times: number): Promise<number> {
  const start = process.hrtime.bigint()
  for (let count = 0; count < times; count += 1) await work()
  return Number(process.hrtime.bigint() - start) / times
}

/** An issuer in memory that counts what it is asked. */
function countingIssuer() {
  const counted = { grants: 0, discoveries: 0 }
  const issuer = 'https://kc.example.com/realms/prod'
  const fetch: Fetch = async (_, { method }) => {
    if (method === 'POST') counted.grants += 1
    else counted.discoveries += 1
    const document = { issuer, token_endpoint: `${issuer}/token` }
    const token = { access_token: randomUUID(), token_type: 'Bearer', expires_in: 300 }
    const text = JSON.stringify(method === 'POST' ? token : document)
    const body = (async function* () {
      yield new TextEncoder().encode(text)
    })()
    return { status: 200, headers: { get: () => null }, body }
  }
  return { issuer, fetch, counted }
}

async function stampede(): Promise<void> {
  const { issuer, fetch, counted } = countingIssuer()
  const tokens = clientCredentials({ issuer, clientId: 'billing', auth: clientSecret({ value: 'x' }), fetch })
  const start = performance.now()
  const all = await Promise.all(Array.from({ length: 10_000 }, () => tokens.getToken()))
  const different = new Set(all).size
  const milliseconds = (performance.now() - start).toFixed(0)
  console.log(
    `\n10,000 callers at once: ${counted.discoveries} discovery, ${counted.grants} grant, ${different} token, ${milliseconds} ms`,
  )
}

async function memory(): Promise<void> {
  const { issuer, fetch } = countingIssuer()
  const tokens = clientCredentials({ issuer, clientId: 'billing', auth: clientSecret({ value: 'x' }), fetch })
  const used = () => {
    globalThis.gc?.()
    return process.memoryUsage().heapUsed / 1024
  }
  const ask = async (from: number, to: number) => {
    for (let count = from; count < to; count += 1) await tokens.getToken({ audience: `api://${count}` })
  }
  await ask(0, 1)
  const before = used()
  await ask(1, 1_000)
  const full = used()
  await ask(1_000, 10_000)
  const after = used()
  const exact = globalThis.gc === undefined ? ' (run node with --expose-gc for exact figures)' : ''
  console.log(`1,000 keys: ${(full - before).toFixed(0)} kB; 10,000 keys: ${(after - before).toFixed(0)} kB${exact}`)
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}
