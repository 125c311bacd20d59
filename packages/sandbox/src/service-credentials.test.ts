import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeTestFile, type TestFile } from './federate-file.test-kit.ts'
import { prepareCredentials } from './service-credentials.ts'

let place: TestFile
beforeEach(async () => {
  place = await makeTestFile()
})
afterEach(() => place.remove())

const environment = {}

describe('a secret in a file', () => {
  it('is made where it is missing, for the owner alone', async () => {
    const log: string[] = []
    const made = await prepareCredentials(place.file({}), { environment, log: (message) => log.push(message) })
    const path = join(place.folder, 'secrets', 'billing')
    const secret = (await readFile(path, 'utf8')).trimEnd()
    expect(made.clients.get('billing')).toEqual({ secret })
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(place.folder, 'secrets'))).mode & 0o777).toBe(0o700)
    expect(log).toEqual([`Made the missing credential ${path}.`])
    expect(log.join()).not.toContain(secret)
  })

  it('is read where it is there, and shared by services that name the same file', async () => {
    await mkdir(join(place.folder, 'secrets'))
    await writeFile(join(place.folder, 'secrets', 'billing'), 'mine\n', { mode: 0o600 })
    const shared = { auth: { method: 'client_secret_post', secret: { file: 'secrets/billing' } } } as const
    const { clients } = await prepareCredentials(place.file({}, { name: 'other', ...shared }), { environment })
    expect([...clients.values()]).toEqual([{ secret: 'mine' }, { secret: 'mine' }])
  })

  it('is not made in a folder that is missing elsewhere', async () => {
    const auth = { method: 'client_secret_basic', secret: { file: '../elsewhere-that-is-missing/billing' } } as const
    await expect(prepareCredentials(place.file({ auth }), { environment })).rejects.toMatchObject({
      code: 'SANDBOX_SECRET_PLACE',
      problem: expect.stringContaining('elsewhere-that-is-missing'),
    })
  })
})

describe('a secret in the environment', () => {
  const auth = { method: 'client_secret_basic', secret: { env: 'BILLING_SECRET' } } as const

  it('is read from it', async () => {
    const made = await prepareCredentials(place.file({ auth }), { environment: { BILLING_SECRET: 'mine' } })
    expect(made).toMatchObject({ clients: new Map([['billing', { secret: 'mine' }]]), env: {} })
  })

  it('is made once where it is missing, and handed on', async () => {
    const made = await prepareCredentials(place.file({ auth }, { name: 'other', auth }), { environment })
    const secret = made.env['BILLING_SECRET']
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect([...made.clients.values()]).toEqual([{ secret }, { secret }])
  })
})

describe('a private key', () => {
  it.each([
    [undefined, 'RSA'],
    ['ES256', 'EC'],
    ['EdDSA', 'OKP'],
  ])('for %s is made, and only its public half leaves', async (algorithm, kty) => {
    const auth = { method: 'private_key_jwt', key: { file: 'key.pem' }, ...(algorithm && { algorithm }) } as const
    const { clients } = await prepareCredentials(place.file({ auth }), { environment })
    const [key] = clients.get('billing')?.jwks?.keys ?? []
    expect(key).toMatchObject({ kty, use: 'sig' })
    expect(key).not.toHaveProperty('d')
    expect(await readFile(join(place.folder, 'key.pem'), 'utf8')).toContain('PRIVATE KEY')
    // A second run finds the same key.
    expect((await prepareCredentials(place.file({ auth }), { environment })).clients).toEqual(clients)
  })

  it('is made encrypted where a passphrase is named, and opened by it', async () => {
    const auth = { method: 'private_key_jwt', key: { file: 'key.pem' }, passphrase: { file: 'phrase' } } as const
    const { clients } = await prepareCredentials(place.file({ auth }), { environment })
    expect(await readFile(join(place.folder, 'key.pem'), 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY')
    expect((await prepareCredentials(place.file({ auth }), { environment })).clients).toEqual(clients)
    await writeFile(join(place.folder, 'phrase'), 'another', { mode: 0o600 })
    await expect(prepareCredentials(place.file({ auth }), { environment })).rejects.toMatchObject({
      code: 'SANDBOX_KEY',
    })
  })

  it('that is none is refused without being shown', async () => {
    await writeFile(join(place.folder, 'key.pem'), 'not a key', { mode: 0o600 })
    const auth = { method: 'private_key_jwt', key: { file: 'key.pem' } } as const
    const refusal = await prepareCredentials(place.file({ auth }), { environment }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'SANDBOX_KEY' })
    expect(JSON.stringify(refusal)).not.toContain('not a key')
  })
})

it('a service with a token file needs no credential', async () => {
  const auth = { method: 'token_file', file: 'token' } as const
  expect((await prepareCredentials(place.file({ auth }), { environment })).clients.get('billing')).toEqual({})
})

it('a service with an assertion in a file is known by who signs for it', async () => {
  const auth = { method: 'jwt_file', file: 'assertion' } as const
  const { clients, workloads } = await prepareCredentials(place.file({ auth }), { environment })
  expect(clients.get('billing')).toEqual({ federated: { trustedIssuer: 'workloads', subject: 'workload:billing' } })
  expect(workloads?.trusted.jwks.keys[0]).not.toHaveProperty('d')
})

it.each([
  [{ method: 'private_key_jwt', key: { file: 'k' }, certificate: { file: 'c' } }, 'private_key_jwt with a certificate'],
  [{ method: 'client_secret_jwt', secret: { file: 's' }, algorithm: 'HS1' }, 'client_secret_jwt with HS1'],
] as const)('%j is refused', async (auth, says) => {
  await expect(prepareCredentials(place.file({ auth }), { environment })).rejects.toMatchObject({
    code: 'SANDBOX_AUTHENTICATION',
    problem: expect.stringContaining(says),
  })
})
