import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { account, command, makePlace, type Place } from './harness.ts'

const helper = fileURLToPath(new URL('./pseudo-terminal.py', import.meta.url))

interface Step {
  readonly expect: string
  readonly send?: string
  readonly signal?: string
}

const controlC = '\u0003'
const controlD = '\u0004'

let place: Place
beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
})
afterAll(() => place.close())

/** Runs the command on a pseudo-terminal, as a person would. */
function onTerminal(line: string, steps: readonly Step[]): Promise<OnTerminal> {
  return commandOnTerminal([process.execPath, command, ...line.split(' ')], steps)
}

interface OnTerminal {
  readonly status: number
  readonly output: string
  readonly left: number
}

function commandOnTerminal(argv: readonly string[], steps: readonly Step[]): Promise<OnTerminal> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...place.sandbox.env, NO_COLOR: '1' }
    const child = execFile('python3', [helper], { cwd: place.folder, env }, (error, stdout) => {
      if (error !== null) reject(error)
      else resolve(JSON.parse(stdout))
    })
    child.stdin?.end(JSON.stringify({ argv, steps }))
  })
}

const flags = `--issuer https://keycloak.example.com/realms/prod --account ${account} -c`

describe('questions on a terminal', () => {
  it('need python3 for these tests', () => {
    expect(spawnSync('python3', ['--version']).status).toBe(0)
  })

  it('init asks what it was not told, and takes presets for empty answers', async () => {
    const ran = await onTerminal(`init ${flags} asked.yaml`, [
      { expect: 'Name of the service', send: 'orders\r' },
      { expect: 'Owner', send: 'acme\r' },
      { expect: 'Name of the IAM role [orders]', send: '\r' },
    ])
    expect(ran).toMatchObject({ status: 0, left: 0 })
    expect(await place.read('asked.yaml')).toContain('role: orders')
  })

  it('init asks again, and says why, when an answer cannot be', async () => {
    const ran = await onTerminal('init --service billing --owner acme --role billing -c again.yaml', [
      { expect: 'Issuer URL', send: 'http://keycloak.example.com/realms/prod\r' },
      { expect: 'where https was expected' },
      { expect: 'Issuer URL', send: 'https://keycloak.example.com/realms/prod\r' },
      { expect: 'AWS account', send: '12345678901\r' },
      { expect: 'got 11 digits' },
      { expect: 'AWS account', send: '\r' },
      { expect: 'An answer is needed.' },
      { expect: 'AWS account', send: `${account}\r` },
    ])
    expect(ran).toMatchObject({ status: 0, left: 0 })
    expect(await place.read('again.yaml')).toContain(`account: "${account}"`)
  })

  it.each([
    ['Ctrl-C', controlC],
    ['Ctrl-D', controlD],
  ])('%s at a question of init writes nothing', async (_name, key) => {
    const ran = await onTerminal(`init ${flags} left.yaml`, [{ expect: 'Name of the service', send: key }])
    expect(ran.output).toContain('QUESTION_INTERRUPTED')
    expect(ran.status).toBe(130)
    await expect(place.read('left.yaml')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it.each([
    ['Ctrl-C', { send: controlC }, 130, 'QUESTION_INTERRUPTED'],
    ['SIGTERM', { signal: 'SIGTERM' }, 130, 'PLAN_INTERRUPTED'],
    ['no', { send: 'no\r' }, 1, 'DECLINED'],
  ])('%s at the question of setup changes nothing', async (_name, answer, status, code) => {
    const ran = await onTerminal('setup aws', [{ expect: 'Only "yes" does', ...answer }])
    expect(ran.output).toContain(code)
    expect(ran.status).toBe(status)
    expect(place.sandbox.aws.account(account).roles.size).toBe(0)
  })

  it('yes applies the plan', async () => {
    const ran = await onTerminal('setup aws', [{ expect: 'Only "yes" does', send: 'yes\r' }])
    expect(ran.output).toContain('verified billing/s3 (aws)')
    expect(ran.status).toBe(0)
  })
})

// Last, because it sets up what others are asked about.
describe('Ctrl-C under exec', () => {
  it('interrupts the command once, whether or not its input is the terminal', async () => {
    await place.setUp('aws')
    const program =
      "let n = 0; process.on('SIGINT', () => { n += 1; setTimeout(() => process.exit(n), 300) }); setInterval(() => {}, 1000); console.log('ready')"
    for (const input of ['/dev/tty', '/dev/null']) {
      const line = ['sh', '-c', `exec "$@" < ${input}`, 'sh', process.execPath, command, 'exec', 'billing', '--']
      const argv = ['/usr/bin/env', ...line, process.execPath, '-e', program]
      const ran = await commandOnTerminal(argv, [{ expect: 'ready', send: controlC }])
      expect(ran).toMatchObject({ status: 1, left: 0 })
    }
  })
})
