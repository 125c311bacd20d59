import { createServer } from 'node:http'
import type { RealmControl } from '@federate/sandbox'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makePlace, type Place, type Ran } from './harness.ts'
import { transcript } from './transcript.ts'

let place: Place
let realm: RealmControl

beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
  await place.setUp('aws')
  realm = place.realm
})

afterAll(() => place.close())

afterEach(() => {
  realm.clearFaults()
  realm.setClockOffset(0)
})

const billing = '--service billing.federate.json'

/** Runs the command as the service, expects a refusal and keeps its text. */
async function refused(name: string, line: string, status: number, ...says: readonly string[]): Promise<Ran> {
  // What went well a moment ago is cached.
  const ran = await place.asService(line, { env: { CACHE_DIRECTORY: place.path(`cache ${name}`) } })
  expect(ran.stderr + ran.stdout).not.toMatch(/eyJ/)
  for (const text of says) expect(ran.stderr).toContain(text)
  expect(ran.status).toBe(status)
  expect(ran.stdout).toBe('')
  await expect(transcript(line, ran, place)).toMatchFileSnapshot(`refusals/run-time ${name}.txt`)
  return ran
}

/** The service file of billing with some of its facts changed. */
async function changedService(name: string, change: (file: Record<string, unknown>) => void): Promise<string> {
  const file: Record<string, unknown> = JSON.parse(await place.read('billing.federate.json'))
  change(file)
  await place.write(name, JSON.stringify(file))
  return `--service ${name}`
}

function withSecret(name: string): Promise<string> {
  return changedService(`${name}.json`, (file) => {
    file['auth'] = { method: 'client_secret_basic', secret: { file: name } }
  })
}

function withIssuer(name: string, url: string): Promise<string> {
  return changedService(`${name}.json`, (file) => {
    file['issuer'] = { url, kind: 'keycloak' }
  })
}

describe('the secret', () => {
  it('is missing', async () => {
    const flag = await withSecret('not-there')
    await refused('secret missing', `credentials aws ${flag}`, 64, 'SECRET_FILE_MISSING', place.path('not-there'))
  })

  it('is empty', async () => {
    await place.write('empty', '\n')
    await refused('secret empty', `credentials aws ${await withSecret('empty')}`, 64, 'SECRET_EMPTY')
  })

  it('works with a newline at its end', async () => {
    await place.write('newline', `${(await place.read('secrets/billing')).trim()}\n\n`)
    const ran = await place.asService(`credentials aws ${await withSecret('newline')}`)
    expect(ran).toMatchObject({ status: 0, stderr: '' })
  })

  it('works, with a warning, when others can read it', async () => {
    await place.write('open', await place.read('secrets/billing'), 0o644)
    const ran = await place.asService(`credentials aws ${await withSecret('open')}`)
    expect(ran.status).toBe(0)
    expect(ran.stderr).toContain('0644')
    expect(ran.stderr).toContain('chmod')
  })

  it('is wrong', async () => {
    await place.write('wrong', 'canary-wrong-secret')
    const ran = await refused('secret wrong', `credentials aws ${await withSecret('wrong')}`, 3, 'unauthorized_client')
    expect(ran.stderr).not.toContain('canary')
  })
})

describe('the issuer', () => {
  it('does not answer', async () => {
    const flag = await withIssuer('nobody', 'http://127.0.0.1:1/realms/acme')
    await refused('issuer not reachable', `token ${flag}`, 4, 'ISSUER_UNREACHABLE', '127.0.0.1:1')
  })

  it('is no issuer', async () => {
    const flag = await withIssuer('wrong-realm', place.issuer.replace('acme', 'other'))
    await refused('not an issuer', `token ${flag}`, 4, 'ISSUER_NOT_FOUND')
  })

  it('names itself differently', async () => {
    const flag = await withIssuer('other-name', place.issuer.replace('127.0.0.1', 'localhost'))
    await refused('issuer differs', `token ${flag}`, 3, 'ISSUER_MISMATCH', '127.0.0.1', 'localhost')
  })

  it('does not know the scope', async () => {
    await refused('invalid scope', `token ${billing} --for api://unknown`, 3, 'invalid_scope', 'api://unknown')
  })

  it('answers with a page for people', async () => {
    realm.failNext({ status: 200, html: true, endpoint: 'token' })
    await refused('html instead of JSON', `token ${billing}`, 4, 'ISSUER_NOT_JSON', 'text/html')
  })

  it('is out of order for longer than we try', async () => {
    realm.failNext({ status: 503, endpoint: 'token', times: 10 })
    await refused('issuer 503', `token ${billing}`, 4, '503')
  })

  it('is out of order for a moment, and nobody notices', async () => {
    realm.failNext({ status: 503, endpoint: 'token' })
    expect(await place.asService(`credentials aws ${billing}`)).toMatchObject({ status: 0 })
  })

  it('has a clock that is two hours behind, so that its tokens are dead on arrival', async () => {
    realm.setClockOffset(-7200)
    await refused('token expired on arrival', `token ${billing}`, 1, 'TOKEN_EXPIRED_ON_ARRIVAL', 'clock')
  })

  it('has a clock that is six minutes ahead, so that AWS sees a token of the future', async () => {
    realm.setClockOffset(360)
    await refused('clock six minutes ahead', `credentials aws ${billing}`, 3, 'Token issued in the future')
  })

  it('issues a token that is too large for AWS', async () => {
    const client = realm.running.definition.clients.find(({ clientId }) => clientId === 'billing')
    if (client === undefined) throw new Error('no client billing')
    await place.write('large.jwt', await realm.signToken(client, ['federate-aws'], { groups: 'g'.repeat(18_000) }))
    await refused(
      'token of 25 kB',
      `credentials aws ${billing} --token-file large.jwt`,
      3,
      'AWS_TOKEN_TOO_LARGE',
      'at most 20000',
    )
  })
})

describe('the token', () => {
  it('in a file has expired', async () => {
    const client = realm.running.definition.clients.find(({ clientId }) => clientId === 'billing')
    if (client === undefined) throw new Error('no client billing')
    const hourAgo = Math.floor(Date.now() / 1000) - 3600
    await place.write('old.jwt', await realm.signToken(client, ['federate-aws'], { iat: hourAgo, exp: hourAgo + 60 }))
    await refused('token expired', `credentials aws ${billing} --token-file old.jwt`, 1, 'TOKEN_FILE_EXPIRED')
  })

  it('in a file is no token', async () => {
    await place.write('no.jwt', 'hello')
    await refused('token file is no JWT', `credentials aws ${billing} --token-file no.jwt`, 64, 'TOKEN_FILE_NOT_A_JWT')
  })
})

describe('the service file', () => {
  it('is not there', () => refused('service file missing', 'token --service nobody', 64, 'SERVICE_FILE_MISSING'))

  it('is one of several', () => refused('service file ambiguous', 'token', 64, 'SERVICE_FILE_AMBIGUOUS'))

  it('has no such target', () =>
    refused('target unknown', `credentials aws ${billing} --target lake`, 64, 'has no aws target "lake"; it has: s3.'))

  it('is asked for a format that does not exist', () =>
    refused(
      'format unknown',
      `credentials aws ${billing} --format xml`,
      64,
      'credential-process, env, env-fish, env-powershell, env-cmd, json',
    ))
})

describe('the flags', () => {
  const flag = '--federated-token-file /run/azure.jwt'

  it('name a file that no other format writes', async () => {
    await refused('flag of another format', `credentials azure ${flag}`, 64, 'FLAG_MISSING')
    await refused('flags contradict', `credentials azure ${flag} --format json`, 64, 'FLAGS_CONTRADICT')
  })

  it('are of printing and of not printing', () =>
    refused('profile with a format', `credentials aws ${billing} --profile acme --format env`, 64, 'FLAGS_CONTRADICT'))

  it('name a service file and what stands instead of one', () =>
    refused('service file and issuer', `token ${billing} --issuer https://issuer.example`, 64, 'FLAGS_CONTRADICT'))

  it('name an audience that is nearly a target', () =>
    refused(
      'audience near a target',
      `token ${billing} --for s33`,
      3,
      'ISSUER_REFUSED_SCOPE',
      'Did you mean --for s3?',
    ))

  it('of init are mistyped', () => refused('init mistyped', 'init --ower acme', 64, '`federate init --help`'))
})

describe('standard input is empty, where a token was expected', () => {
  it.each([
    ['credentials', `credentials aws ${billing}`],
    ['explain', 'explain aws billing'],
    ['explain api', 'explain api orders'],
  ])('by %s', async (verb, line) => {
    await refused(
      `${verb} of an empty token`,
      `${line} --token-file -`,
      64,
      'TOKEN_TEXT_EMPTY',
      'Standard input is empty.',
    )
  })
})

describe('the agent', () => {
  it('is told a URL as its host', () =>
    refused('agent host is a URL', 'agent billing --host http://agent.example', 64, 'HOST_INVALID'))

  it('is told files that are not there', () =>
    refused('agent of nothing', 'agent /nonexist', 64, 'SERVICE_FILE_MISSING', '/nonexist'))
})

describe('what answers is not what was asked', () => {
  it('a server that is no STS', async () => {
    const server = createServer((_request, response) => response.end('<html>proxy</html>'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const ran = await place.asService(`credentials aws ${billing}`, {
      env: { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}` },
    })
    server.close()
    expect(ran.status).not.toBe(0)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toContain('AWS_')
    expect(ran.stderr).not.toMatch(/eyJ|UNEXPECTED/)
  })

  it('nobody where STS should be', async () => {
    const ran = await place.asService(`credentials aws ${billing}`, {
      env: { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' },
    })
    expect(ran.stderr).toContain('AWS_UNREACHABLE')
    expect(ran.status).toBe(4)
  })
})
