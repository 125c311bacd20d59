import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pythonTools } from '../clients/python-tools.ts'
import { butForSlowAnswers } from '../clients/slow-answers.ts'
import { account, command, makePlace, type Place, type Ran } from './harness.ts'

let place: Place

beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
  await place.setUp('aws')
})

afterAll(() => place.close())

const python = pythonTools()?.python

/** Runs a program of Node inside `federate exec`. */
function inside(
  program: string,
  env: Record<string, string> = {},
  before: readonly string[] = ['billing'],
): Promise<Ran> {
  return place.asService(['exec', ...before, '--', process.execPath, '-e', program], { env })
}

/** Fetches as an SDK does, and prints status and body. */
const fetchIt = (change = '') => `
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: secret } = process.env
  const request = { url: new URL(url), method: 'GET', headers: { authorization: secret } }
  ${change}
  const { url: to, ...rest } = request
  require('node:http').request(to, rest, (response) => {
    let text = ''
    response.on('data', (part) => text += part).on('end', () => console.log(response.statusCode, text))
  }).end(request.body)`

describe('a command under exec', () => {
  it('fetches credentials of the service from a private endpoint', async () => {
    const { stdout, stderr, status } = await inside(fetchIt())
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    expect(stdout).toMatch(/^200 /)
    const answer = JSON.parse(stdout.slice(4))
    expect(Object.keys(answer)).toEqual(['AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration', 'AccountId'])
    expect(answer.AccountId).toBe(account)
  })

  it('runs where no temporary folder can be made', async () => {
    const { stdout, stderr, status } = await inside("console.log('ran')", { TMPDIR: '/nowhere/at/all' })
    expect({ stdout, stderr, status }).toEqual({ stdout: 'ran\n', stderr: '', status: 0 })
  })

  it('finds this very federate where no other is on its PATH', async () => {
    const line = ['exec', 'billing', '--', 'sh', '-c', 'command -v federate; federate --version']
    const { stdout, status } = await place.asService(line, { env: { PATH: '/usr/bin:/bin' } })
    const version = (await place.asService('--version')).stdout
    const [path = '', printed] = stdout.trim().split('\n')
    expect([status, printed]).toEqual([0, version.trim()])
    expect(existsSync(path)).toBe(false)
  })

  it.skipIf(python === undefined)('is boto3, unmodified', async () => {
    const program = "import boto3; print(boto3.client('sts', region_name='us-east-1').get_caller_identity()['Arn'])"
    const ran = await place.asService(['exec', 'billing', '--', python ?? '', '-c', program])
    expect(ran.stderr).toBe('')
    expect(ran.stdout).toContain(':assumed-role/billing/')
  })

  it.skipIf(python === undefined)('is the AWS CLI, unmodified', async () => {
    const words = ['-m', 'awscli', 'sts', 'get-caller-identity', '--region', 'us-east-1', '--query', 'Arn']
    const ran = await place.asService(['exec', 'reporting', '--', python ?? '', ...words])
    expect(ran.stderr).toBe('')
    expect(ran.stdout).toContain(':assumed-role/reporting/')
  })

  it('is a JavaScript SDK, unmodified', async () => {
    const program = `
      const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts')
      new STSClient({ region: 'us-east-1' }).send(new GetCallerIdentityCommand({})).then(({ Arn }) => console.log(Arn))`
    const ran = await inside(program, { NODE_PATH: new URL('../node_modules', import.meta.url).pathname })
    expect(butForSlowAnswers(ran.stderr)).toBe('')
    expect(ran.stdout).toContain(':assumed-role/billing/')
  })

  it('does not see what would win over them, and that is said once', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'other', AWS_PROFILE: 'other' }
    const ran = await inside('console.log(process.env.AWS_ACCESS_KEY_ID, process.env.AWS_PROFILE)', {
      ...env,
      FEDERATE_KEYCLOAK_PASSWORD: 'admin',
      HOME: place.folder,
    })
    expect(ran.stdout).toBe('undefined undefined\n')
    expect(ran.stderr).toBe('hidden from the command: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE\n')
    const secret = await inside('console.log(process.env.FEDERATE_KEYCLOAK_PASSWORD)', {
      FEDERATE_KEYCLOAK_PASSWORD: 'x',
    })
    expect(secret.stdout).toBe('undefined\n')
  })

  it('does not see the secret of the service', async () => {
    const file = JSON.parse(await place.read('billing.federate.json'))
    file.auth.secret = { env: 'BILLING_SECRET' }
    await place.write('by-env.json', JSON.stringify(file))
    const env = { BILLING_SECRET: (await place.read('secrets/billing')).trim() }
    const ran = await inside('console.log(process.env.BILLING_SECRET)', env, ['-s', 'by-env.json'])
    expect(ran).toMatchObject({ status: 0, stdout: 'undefined\n' })
  })
})

describe('the endpoint', () => {
  it.each([
    ['another secret', `request.headers.authorization = secret.replace(/./, '#')`, 401],
    ['no secret', 'delete request.headers.authorization', 401],
    ['two secrets', 'request.headers.authorization = [secret, secret]', 401],
    ['a name that leads here (DNS rebinding)', `request.headers.host = 'evil.example.com'`, 403],
    ['a page', `request.headers.origin = 'http://127.0.0.1:1'`, 403],
    ['a proxy', `request.headers['x-forwarded-for'] = '10.0.0.1'`, 403],
    ['another path', `request.url.pathname += '/x'`, 404],
    ['another method', `request.method = 'POST'; request.body = 'x'.repeat(1e6)`, 405],
  ])('refuses %s', async (_name, change, status) => {
    const { stdout } = await inside(fetchIt(change))
    expect(stdout).toContain(`${status} `)
    expect(stdout).not.toMatch(/SecretAccessKey/)
    expect(Object.keys(JSON.parse(stdout.slice(4)))).toHaveLength(2)
  })

  it('is gone when the command has ended', async () => {
    const { stdout } = await inside('console.log(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI)')
    await expect(fetch(stdout.trim())).rejects.toThrow('fetch failed')
  })
})

describe('exec ends as its command does', () => {
  it.each([0, 1, 42, 255])('with status %d', async (code) => {
    expect((await inside(`process.exit(${code})`)).status).toBe(code)
  })

  it('by a signal', async () => {
    const line = `'${process.execPath}' '${command}' exec billing -- sh -c 'kill -KILL $$'; echo $?`
    const options = { cwd: place.folder, env: { ...process.env, ...place.sandbox.env } }
    const { stdout } = await promisify(execFile)('sh', ['-c', line], options)
    expect(stdout.trim()).toBe('137')
  })

  it.each(['SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGINT'] as const)('handing on %s', async (signal) => {
    const program = `process.on('${signal}', () => process.exit(7)); console.log('up'); setInterval(() => {}, 1000)`
    const ran = await place.asService(['exec', 'billing', '--', process.execPath, '-e', program], {
      during: (child) => child.stdout?.once('data', () => child.kill(signal)),
    })
    expect(ran.status).toBe(7)
  })

  it('only when its command does: to one that ignores SIGTERM it lends on', async () => {
    const program = `process.on('SIGTERM', () => { ${fetchIt()} }); process.on('SIGHUP', () => process.exit(9));
      console.log('up'); setInterval(() => {}, 1000)`
    const ran = await place.asService(['exec', 'billing', '--', process.execPath, '-e', program], {
      during: (child) =>
        child.stdout?.once('data', () => {
          child.kill('SIGTERM')
          child.stdout?.once('data', () => child.kill('SIGHUP'))
        }),
    })
    expect(ran.status).toBe(9)
    expect(ran.stdout).toMatch(/^up\n200 \{"AccessKeyId"/)
  })

  it.each([
    ['127 when there is no such command', ['billing', '--', 'no-such-command'], 127, 'no-such-command was not found.'],
    ['126 when it cannot be run', ['billing', '--', '/etc/passwd'], 126, 'cannot be run (EACCES)'],
    ['125 without a command', ['billing'], 125, 'COMMAND_MISSING'],
    ['125 for an unknown service', ['nobody', '--', 'true'], 125, 'SERVICE_FILE_MISSING'],
    ['125 for an unknown target', ['billing', '--target', 'lake', '--', 'true'], 125, 'no target "lake"; it has: s3.'],
  ])('with %s', async (_name, words, status, says) => {
    const ran = await place.asService(['exec', ...words])
    expect(ran).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(says) })
  })

  it('with 125 and the reason when credentials are refused, before the command is started', async () => {
    const file = JSON.parse(await place.read('billing.federate.json'))
    await place.write('wrong-secret', 'wrong')
    file.auth.secret = { file: 'wrong-secret' }
    await place.write('refused.json', JSON.stringify(file))
    const ran = await place.asService(['exec', '-s', 'refused.json', '--', 'touch', place.path('started')])
    expect(ran).toMatchObject({ status: 125, stderr: expect.stringContaining('ISSUER_REFUSED_CLIENT') })
    await expect(place.read('started')).rejects.toThrow('ENOENT')
  })
})

it('keeps a command that runs for long working while the issuer is away', async () => {
  const program = `const living = setInterval(() => {}, 1000)
    process.once('SIGHUP', () => { clearInterval(living); ${fetchIt()} }); console.log('up')`
  const ran = await place.asService(['exec', 'billing', '--', process.execPath, '-e', program], {
    during: (child) =>
      child.stdout?.once('data', () => {
        place.realm.failNext({ status: 503, times: 100 })
        child.kill('SIGHUP')
      }),
  })
  place.realm.clearFaults()
  expect(ran.stdout).toMatch(/^up\n200 \{"AccessKeyId"/)
})
