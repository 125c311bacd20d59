import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'

export interface GoogleAnswer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What was asked: path, headers, and the body as it came. */
export interface GoogleCall {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Google's APIs on loopback with prepared answers, by the end of the path; the last of a list is repeated. */
export class GoogleServer {
  readonly calls: GoogleCall[] = []
  readonly #server: Server
  #answers: Record<string, GoogleAnswer[]> = {}

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of request) chunks.push(chunk)
      const path = request.url ?? ''
      this.calls.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() })
      const list = Object.entries(this.#answers).find(([end]) => path.endsWith(end))?.[1] ?? []
      const answer = (list.length > 1 ? list.shift() : list[0]) ?? { status: 500, body: `nothing for ${path}` }
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body)
    })
  }

  /** Starts it; gives the environment that points every API at it. */
  async start(): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the server has no port')
    const url = `http://127.0.0.1:${address.port}/`
    return {
      CLOUDSDK_API_ENDPOINT_OVERRIDES_STS: url,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS: url,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER: url,
    }
  }

  answer(answers: Record<string, GoogleAnswer | GoogleAnswer[]>): void {
    this.calls.length = 0
    this.#answers = Object.fromEntries(
      Object.entries(answers).map(([end, one]) => [end, Array.isArray(one) ? [...one] : [one]]),
    )
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

export const tokenPath = '/v1/token'
export const accessTokenPath = ':generateAccessToken'
export const idTokenPath = ':generateIdToken'

export function ok(body: object): GoogleAnswer {
  return { status: 200, body: JSON.stringify(body) }
}

export function federatedToken(lifetime: number, token = 'the-federated-token'): GoogleAnswer {
  return ok({
    access_token: token,
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: lifetime,
  })
}

export function stsRefusal(error: string, description: string): GoogleAnswer {
  return { status: 400, body: JSON.stringify({ error, error_description: description }) }
}

export function apiRefusal(status: number, code: string, message: string): GoogleAnswer {
  return { status, body: JSON.stringify({ error: { code: status, message, status: code } }) }
}
