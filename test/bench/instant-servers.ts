/**
 * An issuer and the clouds' token services that answer at once with prepared bytes, over https on loopback; run as a process of its own, so
 * that it shares nothing with what is measured. Prints its port as JSON when it is ready.
 */
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'

const [keyFile = '', certificateFile = ''] = process.argv.slice(2)

const expiration = new Date(Date.now() + 3_600_000).toISOString()
const stsAnswer = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/billing/bench</Arn><AssumedRoleId>AROAEXAMPLE:bench</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken><Expiration>${expiration}</Expiration></Credentials>
</AssumeRoleWithWebIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>`

const server = createServer(
  { key: readFileSync(keyFile), cert: readFileSync(certificateFile) },
  (request, response) => {
    request.resume()
    request.once('end', () => answer(request.url ?? '', response))
  },
)

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ port })}\n`)
})

function answer(url: string, response: ServerResponse): void {
  const issuer = `https://localhost:${portOf()}/realms/bench`
  if (url.endsWith('/.well-known/openid-configuration')) {
    const tokenEndpoint = `${issuer}/protocol/openid-connect/token`
    json(response, { issuer, token_endpoint: tokenEndpoint, jwks_uri: `${issuer}/certs` })
  } else if (url.endsWith('/token')) {
    json(response, { access_token: tokenOf(issuer), token_type: 'Bearer', expires_in: 1200 })
  } else if (url.endsWith(':generateAccessToken')) {
    json(response, { accessToken: `ya29.c.${'t'.repeat(200)}`, expireTime: expiration })
  } else {
    response.writeHead(200, { 'content-type': 'text/xml' }).end(stsAnswer)
  }
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function portOf(): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function tokenOf(iss: string): string {
  const now = Math.floor(Date.now() / 1000)
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = {
    iss,
    sub: 'service-account-billing',
    aud: 'sts.amazonaws.com',
    azp: 'sts.amazonaws.com',
    iat: now,
    exp: now + 3600,
    jti: 'x'.repeat(36),
    scope: 'federate-aws',
  }
  return `${part({ alg: 'RS256', typ: 'JWT', kid: 'k'.repeat(43) })}.${part(claims)}.${'s'.repeat(342)}`
}
