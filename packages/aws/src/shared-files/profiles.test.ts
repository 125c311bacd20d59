import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFetch } from '@federate/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AwsRuntime } from '../target.ts'
import { AwsCredentials } from '../temporary-credentials.ts'
import { commandLine } from './command-line.ts'
import { configure, profiles } from './profiles.ts'

const credentials = new AwsCredentials({
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'secret',
  sessionToken: 'session==',
  expiresAt: new Date('2026-11-21T12:00:00Z'),
  identity: 'arn:aws:sts::123456789012:assumed-role/billing/x',
})
const runtime: AwsRuntime = {
  cloud: 'aws',
  roleArn: 'arn:aws:iam::123456789012:role/billing',
  audience: 'sts.amazonaws.com',
  durationSeconds: 3600,
  region: 'eu-central-1',
}
const command = ['/usr/bin/node', '/opt/federate/main.cjs', 'credentials', 'aws', '--service', '/etc/my app.json']
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-profiles-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

function context(env: Record<string, string> = {}) {
  const signal = new AbortController().signal
  return { signal, now: () => 0, fetch: nodeFetch(), warn: () => undefined, env: { HOME: folder, ...env } }
}

describe.skipIf(process.platform === 'win32')('a folder in which everybody can exchange the files', () => {
  it('gets no credentials and no program to run', async () => {
    const open = join(folder, '.aws')
    await mkdir(open)
    await chmod(open, 0o777)
    const refusal = {
      code: 'OUTPUT_FOLDER_OPEN',
      problem: expect.stringContaining(`The folder ${open} can be written by everybody (mode 0777)`),
    }
    await expect(profiles.store(credentials, 'billing', context())).rejects.toMatchObject(refusal)
    const wish = {
      ...{ service: 'billing', target: 's3', runtime, directory: folder, command, flags: {} },
      auth: { method: 'token_file', file: 'token' },
    } as const
    await expect(configure(wish, context())).rejects.toMatchObject(refusal)
    expect(await readdir(open)).toEqual([])
  })
})

describe('storing credentials', () => {
  it('makes the file for its owner alone', async () => {
    const path = await profiles.store(credentials, 'billing', context())
    expect(path).toBe(join(folder, '.aws', 'credentials'))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, '.aws'))).mode & 0o777).toBe(0o700)
    expect(await readFile(path, 'utf8')).toBe(
      [
        '[billing]',
        'aws_access_key_id = ASIAEXAMPLE',
        'aws_secret_access_key = secret',
        'aws_session_token = session==',
        'aws_account_id = 123456789012',
        'x_security_token_expires = 2026-11-21T12:00:00.000Z',
        '',
      ].join('\n'),
    )
  })

  it('narrows the permissions of a file that others could read, and writes through a link', async () => {
    const real = join(folder, 'elsewhere')
    const link = join(folder, 'link')
    await writeFile(real, '[a]\nb = c', { mode: 0o644 })
    await symlink(real, link)
    await profiles.store(credentials, 'billing', context({ AWS_SHARED_CREDENTIALS_FILE: link }))
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect((await stat(real)).mode & 0o777).toBe(0o600)
    expect(await readFile(real, 'utf8')).toContain('[a]\nb = c\n\n[billing]\n')
  })

  it('by many at the same time leaves all profiles there', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `profile-${index}`)
    const [path = ''] = await Promise.all(names.map((name) => profiles.store(credentials, name, context())))
    const text = await readFile(path, 'utf8')
    for (const name of names) expect(text).toContain(`[${name}]\naws_access_key_id = ASIAEXAMPLE\n`)
    expect(await readdir(join(folder, '.aws'))).toEqual(['credentials'])
  })

  it('leaves a read-only file alone', async () => {
    const path = join(folder, 'credentials')
    await writeFile(path, '[a]\n')
    await chmod(path, 0o400)
    await expect(
      profiles.store(credentials, 'billing', context({ AWS_SHARED_CREDENTIALS_FILE: path })),
    ).rejects.toMatchObject({ code: 'AWS_SHARED_FILE', message: expect.stringContaining('is read-only') })
    expect(await readFile(path, 'utf8')).toBe('[a]\n')
  })

  it('never overwrites a long-lived key', async () => {
    const path = join(folder, 'credentials')
    await writeFile(path, '[billing]\naws_access_key_id = AKIAEXAMPLE\n')
    const env = { AWS_SHARED_CREDENTIALS_FILE: path }
    await expect(profiles.store(credentials, 'billing', context(env))).rejects.toMatchObject({
      code: 'AWS_PROFILE_TAKEN',
    })
    await profiles.store(credentials, 'other', context(env))
    await profiles.store(credentials, 'other', context(env))
    expect((await readFile(path, 'utf8')).match(/\[other\]/g)).toHaveLength(1)
  })

  it('refuses a name that would break the file', async () => {
    await expect(profiles.store(credentials, 'a]\n[b', context())).rejects.toMatchObject({ code: 'AWS_PROFILE_NAME' })
  })
})

/** What `configure` is asked by the command, for this profile. */
function wish(profile: string, target: AwsRuntime = runtime) {
  const auth = { method: 'client_secret_basic', secret: { file: 'secret' } } as const
  return { service: 'billing', target: 's3', runtime: target, auth, directory: '/etc', command, flags: { profile } }
}

describe('configuring a profile', () => {
  it('writes the command and the region, and nothing the second time', async () => {
    const first = await configure(wish('billing'), context())
    expect(first).toEqual({
      path: join(folder, '.aws', 'config'),
      what: 'profile billing',
      changed: true,
      warnings: [],
      environment: { AWS_PROFILE: 'billing' },
    })
    expect(await readFile(first.path, 'utf8')).toBe(
      '[profile billing]\ncredential_process = /usr/bin/node /opt/federate/main.cjs credentials aws --service "/etc/my app.json"\nregion = eu-central-1\n',
    )
    expect(await configure(wish('billing'), context())).toMatchObject({ changed: false })
    await configure(wish('default', { ...runtime, region: undefined }), context())
    expect(await readFile(first.path, 'utf8')).toContain('\n[default]\ncredential_process')
  })

  it('warns of what wins in the same profile, in either file', async () => {
    await profiles.store(credentials, 'billing', context())
    await writeFile(join(folder, '.aws', 'config'), '# mine\n[profile billing]\nrole_arn = x\n')
    const { warnings, path } = await configure(wish('billing'), context())
    expect(warnings).toEqual([
      expect.stringContaining('also has role_arn, which wins'),
      expect.stringContaining('also has aws_access_key_id, which wins'),
    ])
    expect(await readFile(path, 'utf8')).toContain('# mine\n[profile billing]\nrole_arn = x\ncredential_process')
  })

  it('does not take a profile from another program', async () => {
    const path = join(folder, 'config')
    await writeFile(path, '[profile billing]\ncredential_process = other-tool\n')
    await expect(configure(wish('billing'), context({ AWS_CONFIG_FILE: path }))).rejects.toMatchObject({
      code: 'AWS_PROFILE_TAKEN',
      message: expect.stringContaining('other-tool'),
    })
  })

  it.each(["it's", 'a"b', 'a\\b', 'a$b', 'a`b', 'a;b', 'a\nb', ''])('refuses the word %j', (word) => {
    expect(() => commandLine([word])).toThrow(expect.objectContaining({ code: 'AWS_COMMAND_LINE' }))
  })

  it('quotes a path of Windows', () => {
    expect(commandLine(['C:\\Program Files\\nodejs\\node.exe'])).toBe('"C:\\Program Files\\nodejs\\node.exe"')
  })
})
