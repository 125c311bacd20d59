import { spawnSync } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { account, makePlace, type Place } from './harness.ts'

let place: Place

beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
  await place.setUp('aws')
})

afterAll(() => place.close())

const files = () => ({
  AWS_CONFIG_FILE: place.path('config'),
  AWS_SHARED_CREDENTIALS_FILE: place.path('credentials'),
})

describe('credentials into a profile', () => {
  it('join those of other profiles, for the owner alone', async () => {
    await place.write('credentials', '# mine\r\n[other]\r\naws_access_key_id = AKIAOTHER', 0o644)
    const { status, stdout, stderr } = await place.asService(
      'credentials aws -s billing.federate.json --profile billing',
      {
        env: files(),
      },
    )
    expect(stderr).toContain(`Credentials of arn:aws:sts::${account}:assumed-role/billing/federate-billing until`)
    expect([status, stdout]).toEqual([0, ''])
    const text = await place.read('credentials')
    expect(text).toMatch(
      /^# mine\r\n\[other\]\r\naws_access_key_id = AKIAOTHER\r\n\r\n\[billing\]\r\naws_access_key_id = ASIA/,
    )
    expect(text.split('\r\n')).toHaveLength(text.split('\n').length)
    expect((await stat(place.path('credentials'))).mode & 0o777).toBe(0o600)
  })

  it('of several processes at the same time are all there afterwards', async () => {
    const names = ['one', 'two', 'three', 'four']
    const stored = names.map((name) =>
      place.asService(`credentials aws -s billing.federate.json --profile ${name}`, { env: files() }),
    )
    expect((await Promise.all(stored)).map(({ status }) => status)).toEqual([0, 0, 0, 0])
    const text = await place.read('credentials')
    for (const name of ['other', ...names]) expect(text).toContain(`[${name}]\r\naws_access_key_id`)
  })

  it('are read by the shells that this machine has', async () => {
    const shells = [
      ['sh', '-c', 'env', 'eval "$(cat)"; printf %s "$AWS_SESSION_TOKEN"'],
      ['fish', '-c', 'env-fish', 'cat | source; printf %s "$AWS_SESSION_TOKEN"'],
      ['pwsh', '-Command', 'env-powershell', '$input | Out-String | Invoke-Expression; $env:AWS_SESSION_TOKEN'],
    ] as const
    const tried: string[] = []
    for (const [shell, flag, format, script] of shells) {
      const printed = await place.asService(`credentials aws -s billing.federate.json --format ${format}`)
      const ran = spawnSync(shell, [flag, script], { input: printed.stdout, encoding: 'utf8' })
      if (ran.error !== undefined) {
        process.stderr.write(`\n!!! NOT TESTED: there is no ${shell} on this machine to read ${format}.\n\n`)
        continue
      }
      const [, token = 'none'] = /AWS_SESSION_TOKEN[ =]+'([^']+)'/.exec(printed.stdout) ?? []
      expect(ran.stdout.trim()).toBe(token)
      tried.push(shell)
    }
    expect(tried).toContain('sh')
  })

  it('never replace a long-lived key', async () => {
    const { status, stderr } = await place.asService('credentials aws -s billing.federate.json --profile other', {
      env: files(),
    })
    expect(stderr).toContain('holds a long-lived access key, which would be overwritten')
    expect(status).toBe(64)
  })
})

describe('the flags of credentials', () => {
  it.each([
    ['--duration 15m --session-name {azp}-x', 0, '"Version":1'],
    ['--duration 14m', 64, 'a whole number from 900 to 43200'],
    ['--duration 2h', 3, 'exceeds the MaxSessionDuration'],
    ['--session-name {nobody}-x', 64, 'needs the claim nobody'],
    ['--session-policy secrets/billing', 64, 'is no JSON'],
    ['--session-policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess', 0, '"Version":1'],
    ['--format env-powershell', 0, '$env:AWS_ACCESS_KEY_ID ='],
    ['--format env-fish', 0, 'set -gx AWS_ACCESS_KEY_ID'],
    ['--format env-cmd', 0, 'set "AWS_ACCESS_KEY_ID='],
  ])('%s', async (flags, status, said) => {
    const ran = await place.asService(`credentials aws -s billing.federate.json ${flags}`)
    expect(`${ran.stdout}${ran.stderr}`).toContain(said)
    expect(ran.status).toBe(status)
  })
})

describe('configure', () => {
  it('writes a profile that names everything by its absolute path', async () => {
    const { status, stdout } = await place.asService('configure aws -s billing.federate.json', { env: files() })
    expect(stdout).toBe(`wrote profile billing in ${place.path('config')}\n`)
    expect(status).toBe(0)
    const text = await place.read('config')
    expect(text).toContain('[profile billing]\ncredential_process = ')
    expect(text).toContain(`credentials aws --service ${join(place.folder, 'billing.federate.json')} --target s3`)
  })

  it('warns of static keys that would win, and changes nothing the second time', async () => {
    const { stdout, stderr } = await place.asService('configure aws -s billing.federate.json', { env: files() })
    expect(stdout).toContain('unchanged profile billing')
    expect(stderr).toContain('the profile billing also has aws_access_key_id, which wins over credential_process')
  })
})
