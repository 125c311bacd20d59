import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServiceWish } from '@federate/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { credentialStore, refuseUndeliverable } from './credential-store.ts'

const billing: ServiceWish = {
  name: 'billing',
  issuerName: 'main',
  issuer: { url: 'https://keycloak.example.com/realms/prod', kind: 'keycloak' },
  clientId: 'billing',
  subject: 'service-account-billing',
  auth: { method: 'client_secret_basic', secret: { file: 'secrets/billing' } },
  claims: {},
  targets: [],
}
const elsewhere: ServiceWish = {
  ...billing,
  auth: { method: 'client_secret_basic', secret: { file: '/run/secrets/x' } },
}
const signed: ServiceWish = { ...billing, auth: { method: 'private_key_jwt', key: { file: 'key.pem' } } }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-store-'))
})
afterEach(() => rm(folder, { recursive: true }))
const place = () => ({ folder, cwd: folder, env: process.env })

describe('credentialStore', () => {
  it('writes to the file that federate.yaml names, for its owner only, and once', async () => {
    const store = credentialStore({}, place())
    await store.deliver(billing, 'only-for-tests', { replace: false })
    const path = join(folder, 'secrets/billing')
    expect(await readFile(path, 'utf8')).toBe('only-for-tests\n')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await store.given(billing)).toBe('only-for-tests')
    await expect(store.deliver(billing, 'another', { replace: false })).rejects.toMatchObject({
      code: 'CREDENTIAL_EXISTS',
    })
    await store.deliver(billing, 'another', { replace: true })
    expect(await store.given(billing)).toBe('another')
  })

  it.skipIf(process.platform === 'win32').each([
    ['a folder', 'out'],
    ['one that would be made there', 'out/new'],
  ])('puts no secret into %s where everybody could exchange it', async (_, secretsDir) => {
    await mkdir(join(folder, 'out'))
    await chmod(join(folder, 'out'), 0o777)
    const refusal = {
      code: 'OUTPUT_FOLDER_OPEN',
      problem: expect.stringContaining('can be written by everybody (mode 0777)'),
      next: `Run \`chmod o-w ${join(folder, 'out')}\`, or name another folder.`,
    }
    await expect(refuseUndeliverable(elsewhere, { secretsDir, replace: false }, place())).rejects.toMatchObject(refusal)
    const store = credentialStore({ secretsDir }, place())
    await expect(store.deliver(elsewhere, 'only-for-tests', { replace: false })).rejects.toMatchObject(refusal)
    expect(await readdir(join(folder, 'out'))).toEqual([])
  })

  it('names the file of a key that is none', async () => {
    await writeFile(join(folder, 'key.pem'), 'no key')
    await expect(credentialStore({}, place()).publicKeys(signed)).rejects.toMatchObject({
      code: 'KEY_UNREADABLE',
      problem: expect.stringMatching(`neither PEM nor JSON;.* It stands in the file ${join(folder, 'key.pem')}\\.$`),
    })
  })

  it('writes nothing to a path of another host', async () => {
    const refusal = { code: 'CREDENTIAL_NOWHERE', outcome: 'usage' }
    await expect(refuseUndeliverable(elsewhere, { replace: false }, place())).rejects.toMatchObject(refusal)
    await expect(credentialStore({}, place()).deliver(elsewhere, 's', { replace: false })).rejects.toMatchObject(
      refusal,
    )
    await refuseUndeliverable(elsewhere, { secretsDir: 'out', replace: false }, place())
    const told: string[] = []
    const tell = (message: string) => void told.push(message)
    await credentialStore({ secretsDir: 'out' }, { ...place(), tell }).deliver(elsewhere, 'only-for-tests', {
      replace: false,
    })
    expect(told).toEqual([expect.stringMatching(/^The secret of \S+ is in \S+\/out\/\S+\.$/)])
    expect(await readFile(join(folder, 'out/billing'), 'utf8')).toBe('only-for-tests\n')
    await expect(refuseUndeliverable(elsewhere, { secretsDir: 'out', replace: false }, place())).rejects.toMatchObject({
      code: 'CREDENTIAL_EXISTS',
    })
  })

  it('takes what an interrupted run has delivered for delivered, and nothing else', async () => {
    const store = credentialStore({ secretsDir: 'out' }, place())
    await store.deliver(elsewhere, 'only-for-tests', { replace: false })
    await store.deliver(elsewhere, 'only-for-tests', { replace: false })
    await expect(store.deliver(elsewhere, 'another', { replace: false })).rejects.toMatchObject({
      code: 'CREDENTIAL_EXISTS',
    })
    expect(await readFile(join(folder, 'out/billing'), 'utf8')).toBe('only-for-tests\n')
  })

  it('says before anything is changed that a folder cannot be written to', async () => {
    await writeFile(join(folder, 'taken'), 'a file')
    for (const secretsDir of ['taken', 'taken/deeper']) {
      await expect(refuseUndeliverable(elsewhere, { secretsDir, replace: false }, place())).rejects.toMatchObject({
        code: 'FOLDER_NOT_WRITABLE',
        problem: `The credential of billing cannot be written below ${join(folder, 'taken')}: it is no folder, or this user may not write there. Nothing was changed.`,
      })
    }
    await refuseUndeliverable(elsewhere, { secretsDir: 'not/there/yet', replace: false }, place())
  })

  it('hands secrets to a command, and says when it did not take them, without the secret', async () => {
    const command = 'cat > "$FEDERATE_SERVICE_NAME.taken"'
    const told: string[] = []
    const tell = (message: string) => void told.push(message)
    await credentialStore({ secretCommand: command }, { ...place(), tell }).deliver(billing, 'only-for-tests', {
      replace: false,
    })
    expect(told).toEqual(['The secret of billing was handed to --secret-command.'])
    expect(await readFile(join(folder, 'billing.taken'), 'utf8')).toBe('only-for-tests')
    const failing = credentialStore({ secretCommand: 'cat >&2; exit 3' }, place())
    const error: unknown = await failing.deliver(billing, 'only-for-tests', { replace: false }).catch((one) => one)
    expect(error).toMatchObject({ code: 'SECRET_COMMAND_FAILED' })
    expect(JSON.stringify(error)).not.toContain('only-for-tests')
  })

  it('makes a private key and gives only its public half', async () => {
    const store = credentialStore({}, place())
    expect(await store.publicKeys(signed)).toBeUndefined()
    const made = await store.makeKey(signed)
    expect(await store.publicKeys(signed)).toBe(made)
    const { keys } = JSON.parse(made)
    expect(Object.keys(keys[0]).sort()).toEqual(['alg', 'e', 'kty', 'n', 'use'])
    expect((await stat(join(folder, 'key.pem'))).mode & 0o777).toBe(0o600)
  })

  it('says what is no private key', async () => {
    await writeFile(join(folder, 'key.pem'), 'not a key')
    await expect(credentialStore({}, place()).publicKeys(signed)).rejects.toMatchObject({ code: 'KEY_UNREADABLE' })
  })
})
