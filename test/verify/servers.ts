import { createServer, type RequestListener, type Server } from 'node:http'
import { type GuardOptions, isText, requireClaim } from '@federate/verify'
import { requireToken as forExpress } from '@federate/verify/express'
import { requireToken as forFastify } from '@federate/verify/fastify'
import { requireToken as forFetch } from '@federate/verify/fetch'
import { requireToken as forHono } from '@federate/verify/hono'
import { requireToken as forNode } from '@federate/verify/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'

export interface RunningApi {
  readonly url: string
  close(): Promise<void>
}

// Node refuses headers of more than 16 kB by itself; here the guard is to do it.
const http = { maxHeaderSize: 200_000 }
const tenant = requireClaim('tenant_id', isText)

/** One API per door: GET / tells the tenant of the token. */
export const servers: Readonly<Record<string, (options: GuardOptions) => Promise<RunningApi>>> = {
  async express(options) {
    const app = express()
    const guard = forExpress(options)
    const ofTenant = guard.and(tenant)
    app.use(guard)
    app.get('/', ofTenant, (request, response) => {
      response.json({ tenant: ofTenant.token(request).claims.tenant_id })
    })
    return listening(createServer(http, app))
  },
  async fastify(options) {
    const app = fastify({ http })
    const guard = forFastify(options)
    const ofTenant = guard.and(tenant)
    app.addHook('onRequest', guard)
    app.get('/', { preHandler: ofTenant }, async (request) => ({ tenant: ofTenant.token(request).claims.tenant_id }))
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    return { url, close: () => app.close() }
  },
  async node(options) {
    const guard = forNode(options, tenant)
    return listening(
      createServer(
        http,
        guard((_request, response, { claims }) => response.end(JSON.stringify({ tenant: claims.tenant_id }))),
      ),
    )
  },
  async fetch(options) {
    const handler = forFetch(options, tenant)((_request, { claims }) => Response.json({ tenant: claims.tenant_id }))
    return listening(createServer(http, byFetch(handler)))
  },
  async hono(options) {
    const app = new Hono()
    const guard = forHono(options)
    app.use(guard)
    app.get('/', guard.and(tenant), (context) => context.json({ tenant: context.var.token.claims.tenant_id }))
    return listening(
      createServer(
        http,
        byFetch(async (request) => app.fetch(request)),
      ),
    )
  },
}

/** A server of Node before a handler of the web's requests, as the adapters of such frameworks are. */
function byFetch(handler: (request: Request) => Promise<Response>): RequestListener {
  return async (message, response) => {
    const headers = new Headers()
    for (const [index, name] of message.rawHeaders.entries()) {
      if (index % 2 === 0) headers.append(name, message.rawHeaders[index + 1] ?? '')
    }
    const answer = await handler(new Request(`http://localhost${message.url}`, { headers }))
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  }
}

async function listening(server: Server): Promise<RunningApi> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  return { url, close: () => new Promise((resolve) => server.close(() => resolve())) }
}
