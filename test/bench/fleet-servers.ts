/**
 * An issuer and STS that answer at once, for a whole fleet of services, with credentials that live for as long as they are
 * told; a process of its own, so that it shares nothing with what is measured. Prints its port as JSON when it is ready.
 *
 * `PUT /control` with `{ token, credentials, down }` sets lifetimes in seconds and whether everything is answered with 503.
 * `GET /counts` gives the requests of each second since it was last asked.
 */
import { createServer, type ServerResponse } from 'node:http'

const settings = { token: 1200, credentials: 3600, down: false }
let counts: number[] = []
let began = performance.now()

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text) => {
    body += text
  })
  request.once('end', () => answer(request.url ?? '', body, response))
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port: portOf() })}\n`))

function answer(url: string, body: string, response: ServerResponse): void {
  if (url === '/control') {
    Object.assign(settings, JSON.parse(body))
    json(response, settings)
  } else if (url === '/counts') {
    json(
      response,
      Array.from(counts, (count) => count ?? 0),
    )
    counts = []
    began = performance.now()
  } else {
    const second = Math.floor((performance.now() - began) / 1000)
    counts[second] = (counts[second] ?? 0) + 1
    serve(url, response)
  }
}

function serve(url: string, response: ServerResponse): void {
  const issuer = `http://127.0.0.1:${portOf()}/realms/bench`
  if (settings.down) response.writeHead(503).end()
  else if (url.endsWith('/.well-known/openid-configuration')) {
    json(response, { issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/certs` })
  } else if (url.endsWith('/token')) {
    json(response, { access_token: tokenOf(issuer), token_type: 'Bearer', expires_in: settings.token })
  } else {
    response.writeHead(200, { 'content-type': 'text/xml' }).end(credentials())
  }
}

function tokenOf(iss: string): string {
  const now = Math.floor(Date.now() / 1000)
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { iss, sub: 'service-account', aud: 'sts.amazonaws.com', iat: now, exp: now + settings.token }
  return `${part({ alg: 'RS256', typ: 'JWT', kid: 'k'.repeat(43) })}.${part(claims)}.${'s'.repeat(342)}`
}

function credentials(): string {
  const end = new Date(Date.now() + settings.credentials * 1000).toISOString()
  return `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/some/bench</Arn><AssumedRoleId>AROAEXAMPLE:bench</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>${'t'.repeat(800)}</SessionToken><Expiration>${end}</Expiration></Credentials>
</AssumeRoleWithWebIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>`
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function portOf(): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
