import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runFederate } from '../cli/harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'federate-bad-issuers-'))
const megabytes = 'x'.repeat(10_000_000)

type Answer = (response: ServerResponse, issuer: string) => void

const json =
  (body: (issuer: string) => object): Answer =>
  (response, issuer) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body(issuer)))
const page: Answer = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>canary</html>')
const good = json((issuer) => ({ issuer, token_endpoint: `${issuer}/token` }))
const token = (change: object) =>
  json(() => ({ access_token: 'canary-token', token_type: 'Bearer', expires_in: 60, ...change }))

/** Sends for as long as somebody listens. */
const endless: Answer = (response) => {
  const more = () => response.destroyed || response.write('x'.repeat(64_000), () => setImmediate(more))
  more()
}

/** Discovery, the token endpoint, and what `federate token` says of it. */
const cases: readonly [string, Answer, Answer, string, string][] = [
  [
    'names a token endpoint by http',
    json((issuer) => ({ issuer, token_endpoint: 'http://kc.example.com/token' })),
    page,
    'ISSUER_ENDPOINT_INSECURE',
    'names http://kc.example.com/token as its token_endpoint, where an https URL was expected',
  ],
  [
    'is another',
    json(() => ({ issuer: 'https://other.example', token_endpoint: 'https://other.example/token' })),
    page,
    'ISSUER_MISMATCH',
    'says that its issuer is https://other.example',
  ],
  [
    'names a token endpoint on another host',
    json((issuer) => ({ issuer, token_endpoint: 'https://localhost:9/token' })),
    page,
    'ISSUER_UNREACHABLE',
    'names a token endpoint on another host, localhost',
  ],
  [
    'has no token endpoint',
    json((issuer) => ({ issuer })),
    page,
    'ISSUER_NO_TOKEN_ENDPOINT',
    'names no token_endpoint',
  ],
  ['sends 10 MB', (response) => response.end(megabytes), page, 'ISSUER_ANSWER_TOO_LARGE', 'more than 1000000 bytes'],
  ['sends without end', endless, page, 'ISSUER_ANSWER_TOO_LARGE', 'more than 1000000 bytes'],
  ['sends a page for its discovery', page, page, 'ISSUER_NOT_JSON', 'status 200 and text/html'],
  ['sends a page for a token', good, page, 'ISSUER_NOT_JSON', 'status 200 and text/html'],
  ['sends a token without end', good, endless, 'ISSUER_ANSWER_TOO_LARGE', 'more than 256000 bytes'],
  ['gives 0 seconds', good, token({ expires_in: 0 }), 'ISSUER_ANSWER_INVALID', 'its token lives 0 s'],
  ['gives -5 seconds', good, token({ expires_in: -5 }), 'ISSUER_ANSWER_INVALID', 'an expires_in of -5'],
  ['gives a word', good, token({ expires_in: 'soon' }), 'ISSUER_ANSWER_INVALID', 'an expires_in of "soon"'],
  ['gives 10^12 seconds', good, token({ expires_in: 1e12 }), 'ISSUER_ANSWER_INVALID', 'an expires_in of 1000000000000'],
  ['does not say how long', good, token({ expires_in: undefined }), 'ISSUER_ANSWER_INVALID', 'is not known'],
]

let origin = ''
const server = createServer((request, response) => {
  const [, index = ''] = (request.url ?? '').split('/')
  const [, discovery, answer] = cases[Number(index)] ?? []
  request.resume()
  if (request.method === 'POST') answer?.(response, '')
  else discovery?.(response, `${origin}/${index}`)
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  await writeFile(join(folder, 'secret'), 'canary-secret', { mode: 0o600 })
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

describe('federate token, from an issuer that', () => {
  it.each(cases.map(([name, , , code, says], index) => [name, code, says, index] as const))(
    '%s: %s',
    async (_, code, says, index) => {
      const flags = `--issuer ${origin}/${index} --kind oidc --client-id billing --secret-file secret`
      const ran = await runFederate(['token', ...flags.split(' ')], folder)
      expect(ran.stderr).toContain(`error ${code} `)
      expect(ran.stderr).toContain(says)
      expect(ran.stderr).not.toContain('canary')
      expect(ran.stdout).toBe('')
      expect(ran.status).toBeGreaterThan(0)
    },
  )
})
