import { execFile } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runFederate } from '../cli/harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'federate-hunt-'))
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const passphrase = 'canary-passphrase öf the key'
const keys = {
  plain: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  encrypted: privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
}
const assertion = await new SignJWT({ sub: 'canary' })
  .setProtectedHeader({ alg: 'ES256' })
  .setExpirationTime('10m')
  .sign(privateKey)

/** What somebody chose, and so could be guessed from a hash; what a machine made, and a token's fingerprint may be shown. */
const chosen = {
  secret: 'canary-s€cret &+%/ value',
  passphrase,
  proxy: 'canary-pröxy p@ss',
  env: 'canary-from-environment',
}
const made = {
  'plain key': keys.plain.split('\n')[1] ?? '',
  'encrypted key': keys.encrypted.split('\n')[1] ?? '',
  assertion,
  token: 'canary-opaque-access-token-0123456789',
  refresh: 'canary-opaque-refresh-token-0123456789',
}

const files: Readonly<Record<string, string>> = {
  secret: chosen.secret,
  'key.pem': keys.plain,
  'encrypted.pem': keys.encrypted,
  passphrase,
  wrong: `${passphrase}-wrong`,
  assertion,
  // A secret where something else is expected.
  'broken.pem': `-----BEGIN PRIVATE KEY-----\n${chosen.secret}\n-----END PRIVATE KEY-----`,
  'broken.json': `{"kty":"EC","d":"${chosen.secret}`,
}

const authentications: Readonly<Record<string, string>> = {
  client_secret_basic: '--secret-file secret',
  client_secret_post: '--auth client_secret_post --secret-env CANARY',
  client_secret_jwt: '--auth client_secret_jwt --secret-file secret',
  private_key_jwt: '--key-file key.pem',
  'encrypted key': '--key-file encrypted.pem --passphrase-file passphrase',
  'wrong passphrase': '--key-file encrypted.pem --passphrase-file wrong',
  'no passphrase': '--key-file encrypted.pem',
  'secret as key': '--key-file secret',
  'broken key': '--key-file broken.pem',
  'broken JWK': '--key-file broken.json',
  'key as certificate': '--certificate-file key.pem --key-file key.pem',
  jwt_file: '--jwt-file assertion',
  'secret as assertion': '--jwt-file secret',
}

type Answer = (response: ServerResponse, everything: string) => void
const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

/** An issuer that repeats what it was sent wherever it can. */
const answers: Readonly<Record<string, Answer>> = {
  'refuses the client': (response, all) => json(response, 401, { error: 'invalid_client', error_description: all }),
  'refuses by its own words': (response, all) => json(response, 400, { error: all, error_description: all }),
  'answers a page': (response, all) => response.writeHead(400, { 'content-type': 'text/html' }).end(`<html>${all}`),
  redirects: (response, all) =>
    response.writeHead(302, { location: `https://x.example/?${encodeURIComponent(all)}` }).end(),
  'gives a broken answer': (response, all) => response.writeHead(200).end(`{"access_token":"${made.token}","x":${all}`),
  'gives a token without type': (response) =>
    json(response, 200, { access_token: made.token, refresh_token: made.refresh, expires_in: 60 }),
  'gives a token': (response) =>
    json(response, 200, {
      access_token: made.token,
      refresh_token: made.refresh,
      token_type: 'Bearer',
      expires_in: 60,
    }),
}

const server = createServer(async (request, response) => {
  const issuer = `http://${request.headers.host}/${request.url?.split('/')[1]}`
  if (request.method === 'GET') return json(response, 200, { issuer, token_endpoint: `${issuer}/token` })
  const name = decodeURIComponent(request.url?.split('/')[1] ?? '')
  return answers[name]?.(response, await everything(request))
})

async function everything(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks).toString()
  const basic = request.headers.authorization ?? ''
  const decoded = Buffer.from(basic.slice(6), 'base64').toString()
  return [body, [...new URLSearchParams(body).values()].join(' '), basic, decoded].join(' ')
}

let origin = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  origin = `http://127.0.0.1:${address.port}`
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 })
})
const searched = new Map<string, number>()
afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
  const list = [...searched].map(([place, count]) => `${place} (${count})`)
  process.stdout.write(
    `\nleak hunt: ${Object.keys({ ...chosen, ...made }).length} canaries, searched in: ${list.join(', ')}\n`,
  )
})

const forms: readonly [string, string][] = [
  ...Object.entries(chosen).map(([name, text]): [string, string] => [
    `a hash of ${name}`,
    createHash('sha256').update(text).digest('hex').slice(0, 8),
  ]),
  ...Object.entries({ ...chosen, ...made }).flatMap(([name, text]) =>
    formsOf(text).map((form): [string, string] => [name, form]),
  ),
]

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text)
  return [text, encodeURIComponent(text), new URLSearchParams({ '': text }).toString().slice(1)].concat(
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  )
}

function search(place: string, text: string): void {
  searched.set(place, (searched.get(place) ?? 0) + 1)
  for (const [name, form] of forms) expect(text, `${name} in ${place}`).not.toContain(form)
}

describe('no canary is in what the command prints', () => {
  const cases = Object.keys(authentications).flatMap((auth) =>
    Object.keys(answers).map((answer) => [auth, answer] as const),
  )
  // Each run is a process: those that do not reach the issuer are tried once, not once for each answer.
  const local = new Set([
    'wrong passphrase',
    'no passphrase',
    'secret as key',
    'broken key',
    'broken JWK',
    'key as certificate',
    'secret as assertion',
  ])
  const first = Object.keys(answers)[0]
  it.each(cases.filter(([auth, answer]) => !local.has(auth) || answer === first))(
    '%s, to an issuer that %s',
    async (auth, answer) => {
      const issuer = `${origin}/${encodeURIComponent(answer)}`
      const line = `token --client-id billing --kind oidc --issuer ${issuer} ${authentications[auth]}`.split(' ')
      const env = {
        CANARY: chosen.env,
        NO_PROXY: '*',
        HTTPS_PROXY: `http://jane:${encodeURIComponent(chosen.proxy)}@127.0.0.1:9`,
      }
      const [people, program] = await Promise.all([
        runFederate([...line, '--trace'], folder, { env }),
        runFederate([...line, '--json'], folder, { env }),
      ])
      search('stderr with the trace', people.stderr)
      search('stdout', people.stdout)
      search('--json', program.stdout)
      search('stderr beside --json', program.stderr)
      expect(`${people.stdout}${people.stderr}`).not.toBe('')
    },
    30_000,
  )

  it('a proxy that refuses', async () => {
    const env = {
      HTTPS_PROXY: `http://jane:${encodeURIComponent(chosen.proxy)}@127.0.0.1:${new URL(origin).port}`,
      FEDERATE_TRACE: '1',
    }
    const ran = await runFederate(
      'token --client-id b --issuer https://kc.example.test --secret-file secret'.split(' '),
      folder,
      { env },
    )
    expect(ran.status).toBe(4)
    search('a refusal of the proxy', `${ran.stdout}${ran.stderr}`)
  })
})

describe('no canary is in what Node prints of a program', () => {
  const program = `
    const { clientCredentials, clientSecret, Token } = await import(process.argv[1])
    const source = clientCredentials({
      issuer: process.argv[2], clientId: 'billing', auth: clientSecret({ file: 'secret' }),
      warn: (message) => process.emitWarning(message),
    })
    if (process.argv[3] === 'inspect') {
      const token = await source.getToken()
      console.log(source, token, { token }, JSON.stringify({ token, source }), String(token), token + '')
      console.dir({ token, source }, { depth: null, showHidden: true })
      console.table([{ token }])
      process.emitWarning(Object.assign(new Error('told'), { token, source }))
      throw token
    }
    await source.getToken()
  `
  const core = new URL('../../packages/core/src/index.ts', import.meta.url).href
  const run = (answer: string, ...more: string[]) =>
    new Promise<string>((resolve) => {
      const issuer = `${origin}/${encodeURIComponent(answer)}`
      const parameters = [
        '--experimental-strip-types',
        '--trace-warnings',
        '--trace-uncaught',
        '--input-type=module',
        '--eval',
        program,
      ]
      execFile(process.execPath, [...parameters, core, issuer, ...more], { cwd: folder }, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      )
    })

  it.each(Object.keys(answers).filter((answer) => answer !== 'gives a token'))(
    'an uncaught exception: the issuer %s',
    async (answer) => {
      const text = await run(answer)
      expect(text).toContain('FederateError')
      search('an uncaught exception', text)
    },
  )

  it('a token that is printed, inspected, serialised, warned of and thrown', async () => {
    const text = await run('gives a token', 'inspect')
    expect(text).toContain('[token sha256:')
    search('util.inspect, JSON and warnings', text)
  })
})
