import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runFederate } from '../cli/harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'federate-github-'))
const { privateKey } = await generateKeyPair('RS256')
const bearer = 'canary-request-token'

/**
 * GitHub's token service as docs.github.com, "OpenID Connect reference" describes it: a GET with the job's own bearer token
 * to the address that the job was given, which has a query already; `audience` is added, and the token is `value`.
 */
const server = createServer(async (request, response) => {
  const { status, body } = await answerTo(request)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})

async function answerTo({ method, url = '', headers }: IncomingMessage): Promise<{ status: number; body: object }> {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const known = [...searchParams.keys()].every((name) => name === 'api-version' || name === 'audience')
  if (method !== 'GET' || pathname !== '/idtoken/1' || !known || searchParams.get('api-version') !== '2.0') {
    return { status: 404, body: {} }
  }
  if (headers.authorization !== `Bearer ${bearer}`) return { status: 401, body: {} }
  const value = await new SignJWT({ repository: 'acme/billing', runner_environment: 'github-hosted' })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'one' })
    .setIssuer('https://token.actions.githubusercontent.com')
    .setSubject('repo:acme/billing:ref:refs/heads/main')
    .setAudience(searchParams.get('audience') ?? 'https://github.com/acme')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey)
  return { status: 200, body: { count: 1, value } }
}

let port = 0
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address === 'object' && address !== null) port = address.port
  const issuer = { url: 'https://token.actions.githubusercontent.com', kind: 'oidc' }
  const file = { version: 1, service: 'ci', issuer, clientId: 'ci', auth: { method: 'github_actions' }, targets: {} }
  await writeFile(join(folder, 'ci.federate.json'), JSON.stringify(file))
})
afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

const job = (request: string) => ({
  GITHUB_ACTIONS: 'true',
  ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/idtoken/1?api-version=2.0`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: request,
})

describe('a job of GitHub Actions', () => {
  it.each([
    ['', 'https://github.com/acme'],
    [' --for sts.amazonaws.com', 'sts.amazonaws.com'],
  ])('gets its token by federate token%s, for %s', async (flags, aud) => {
    const ran = await runFederate(`token --json${flags}`.split(' '), folder, { env: job(bearer) })
    expect(ran.stderr).toBe('')
    expect(JSON.parse(ran.stdout).claims).toMatchObject({ aud, sub: 'repo:acme/billing:ref:refs/heads/main' })
  })

  it.each([
    ['GITHUB_TOKEN_REFUSED', 3, () => job('canary-of-another-job')],
    ['GITHUB_TOKEN_NOT_OFFERED', 64, () => ({ GITHUB_ACTIONS: 'true' })],
  ])('is told %s', async (code, status, env) => {
    const ran = await runFederate(['token', '--check'], folder, { env: env() })
    expect(ran).toMatchObject({ status, stdout: '' })
    expect(ran.stderr).toContain(code)
    expect(ran.stderr).not.toContain('canary')
  })
})
