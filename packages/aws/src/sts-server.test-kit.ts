import { createServer, type Server } from 'node:http'

export interface StsAnswer {
  readonly status: number
  readonly body: string
}

/** What STS was asked: the form's fields, and whether the call was signed. */
export interface StsCall {
  readonly form: URLSearchParams
  readonly signed: boolean
}

/** An STS on loopback that gives prepared answers, one for each call; the last is repeated. */
export class StsServer {
  readonly calls: StsCall[] = []
  readonly #server: Server
  #answers: StsAnswer[] = []

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of request) chunks.push(chunk)
      const form = new URLSearchParams(Buffer.concat(chunks).toString())
      this.calls.push({ form, signed: request.headers.authorization !== undefined })
      const answer =
        (this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0]) ?? refusal(500, 'None', 'none')
      response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body)
    })
  }

  /** Starts it; gives its URL. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the server has no port')
    return `http://127.0.0.1:${address.port}`
  }

  answer(...answers: StsAnswer[]): void {
    this.calls.length = 0
    this.#answers = answers
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

export function refusal(status: number, code: string, message: string): StsAnswer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`
  const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${error}<RequestId>request-1</RequestId></ErrorResponse>`
  return { status, body }
}

export function credentialsAnswer(expiration: Date): StsAnswer {
  const credentials = `<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>the-secret-key</SecretAccessKey><SessionToken>the-session-token</SessionToken><Expiration>${expiration.toISOString()}</Expiration></Credentials>`
  const user =
    '<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/billing/federate-billing</Arn><AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser>'
  const result = `<AssumeRoleWithWebIdentityResult>${credentials}${user}</AssumeRoleWithWebIdentityResult>`
  const body = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${result}</AssumeRoleWithWebIdentityResponse>`
  return { status: 200, body }
}
