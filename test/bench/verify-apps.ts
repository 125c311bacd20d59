import { Agent, createServer, request as send } from 'node:http'
import fastifyJwt from '@fastify/jwt'
import { requireToken as forExpress } from '@federate/verify/express'
import { requireToken as forFastify } from '@federate/verify/fastify'
import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import fastify from 'fastify'
import buildGetJwks from 'get-jwks'
import { type Pairs, perSecond, row } from './verify-pairs.ts'

export interface AppsQuestion {
  readonly issuer: string
  readonly audience: string
  readonly rounds: number
  readonly tokens: (length: number) => Promise<readonly string[]>
  readonly newToken: () => Promise<string>
}

/** Requests per second of the same small app with our guard and with another, by tokens seen before and first seen. */
export async function compareApps({ issuer, audience, rounds, tokens, newToken }: AppsQuestion): Promise<void> {
  const ours = [await expressWith(forExpress({ issuer, audience })), await fastifyOurs(issuer, audience)]
  const theirs = [
    // Their strict mode asks for at+jwt; this is how tokens of Keycloak pass it.
    await expressWith(auth({ issuerBaseURL: issuer, audience, tokenSigningAlg: 'RS256' })),
    await fastifyTheirs(issuer, audience),
  ]
  const names = ['Express: express-oauth2-jwt-bearer', 'Fastify: @fastify/jwt + get-jwks']
  const same = await newToken()
  for (const [index, name] of names.entries()) {
    const [one, other] = [ours[index] ?? '', theirs[index] ?? '']
    for (const [what, given] of [
      ['one token', async () => Array.from({ length: 1_000 }, () => same)],
      ['tokens first seen', () => tokens(1_000)],
    ] as const) {
      const measured: [number, number][] = []
      for (let round = -1; round < rounds; round += 1) {
        const sent = await given()
        const pair: [number, number] =
          round % 2 === 0
            ? [await rate(one, sent), await rate(other, sent)]
            : await rate(other, sent).then(async (second): Promise<[number, number]> => [await rate(one, sent), second])
        if (round >= 0) measured.push(pair)
      }
      const result: Pairs = measured
      console.log(row(`an app, ${what}`, name, result))
    }
  }
}

async function expressWith(middleware: express.RequestHandler): Promise<string> {
  const app = express()
  app.use(middleware)
  app.get('/', (_request, response) => {
    response.json({ ok: true })
  })
  return listening(createServer(app))
}

async function fastifyOurs(issuer: string, audience: string): Promise<string> {
  const app = fastify()
  app.addHook('onRequest', forFastify({ issuer, audience }))
  app.get('/', async () => ({ ok: true }))
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  app.server.unref()
  return url
}

async function fastifyTheirs(issuer: string, audience: string): Promise<string> {
  const app = fastify()
  const keys = buildGetJwks({ providerDiscovery: true, issuersWhitelist: [issuer] })
  await app.register(fastifyJwt, {
    decode: { complete: true },
    secret: (_request, token, done) => {
      const { kid = '', alg } = 'header' in token ? token.header : token
      keys.getPublicKey({ kid, alg, domain: issuer }).then(
        (key) => done(null, key),
        (error) => done(error, undefined),
      )
    },
    verify: { allowedIss: issuer, allowedAud: audience, algorithms: ['RS256'] },
  })
  app.addHook('onRequest', async (request) => {
    await request.jwtVerify()
  })
  app.get('/', async () => ({ ok: true }))
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  app.server.unref()
  return url
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 })

/** Requests per second of processor time, client included, sixteen at a time. */
function rate(url: string, tokens: readonly string[]): Promise<number> {
  let next = 0
  const worker = async () => {
    for (let token = tokens[next++]; token !== undefined; token = tokens[next++]) await get(url, token)
  }
  return perSecond(tokens.length, async () => {
    await Promise.all(Array.from({ length: 16 }, worker))
  })
}

function get(url: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = send(`${url}/`, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume()
      response.once('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${response.statusCode}`)),
      )
    })
    request.once('error', reject).end()
  })
}
