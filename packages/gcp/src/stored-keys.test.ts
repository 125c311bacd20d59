import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { storedKeys } from './stored-keys.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'federate-keys-'))
})
afterEach(() => rm(home, { recursive: true }))

async function written(name: string, text: string): Promise<string> {
  const path = join(home, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return path
}

it('names the key file that the variable names, and its type', async () => {
  const path = await written('key.json', '{"type":"service_account","private_key":"secret"}')
  expect(await storedKeys({ HOME: home, GOOGLE_APPLICATION_CREDENTIALS: path })).toEqual([
    `${path} (type service_account, which GOOGLE_APPLICATION_CREDENTIALS names)`,
  ])
})

it('names what a person has logged in with, where no variable names another file', async () => {
  const path = await written('.config/gcloud/application_default_credentials.json', '{"type":"authorized_user"}')
  expect(await storedKeys({ HOME: home })).toEqual([`${path} (type authorized_user)`])
  expect(await storedKeys({ HOME: home, CLOUDSDK_CONFIG: dirname(path) })).toEqual([`${path} (type authorized_user)`])
  expect(await storedKeys({ HOME: home, GOOGLE_APPLICATION_CREDENTIALS: join(home, 'none') })).toEqual([])
})

it.each(['{"type":"external_account"}', '{"type":5}', '[]', 'null', 'not JSON', ''])(
  'takes %j for no key',
  async (text) => {
    const path = await written('file.json', text)
    expect(await storedKeys({ GOOGLE_APPLICATION_CREDENTIALS: path })).toEqual([])
  },
)

it('needs no home', async () => {
  expect(await storedKeys({})).toEqual([])
})
