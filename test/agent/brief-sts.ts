import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Seconds } from '@federate/core'

/** An STS before the sandbox's. */
export interface BriefSts {
  readonly port: number
  /** The role that each key was issued for, by its name. */
  readonly roles: ReadonlyMap<string, string>
  /** Requests so far. */
  readonly requests: number
  close(): Promise<void>
}

/**
 * The STS at `target`, but for the end that it names: its credentials are said to expire after seconds, because the
 * shortest that STS grants are a quarter of an hour. Knows whose each key is.
 */
export async function briefSts(target: string, lifetime: Seconds): Promise<BriefSts> {
  const roles = new Map<string, string>()
  let requests = 0
  const server = createServer(async (incoming, response) => {
    requests += 1
    const form = await textOf(incoming)
    const headers = { 'content-type': incoming.headers['content-type'] ?? '' }
    const answer = await fetch(target, { method: 'POST', headers, body: form })
    const text = await answer.text()
    const key = /<AccessKeyId>(.*?)<\/AccessKeyId>/.exec(text)?.[1]
    const role = new URLSearchParams(form).get('RoleArn')?.split('/').at(-1)
    if (key !== undefined && role !== undefined) roles.set(key, role)
    // Whole seconds, as STS has them.
    const end = new Date(Math.floor(Date.now() / 1000 + lifetime) * 1000).toISOString()
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(text.replace(/<Expiration>.*?<\/Expiration>/, `<Expiration>${end}</Expiration>`))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    roles,
    get requests() {
      return requests
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk
  return text
}
