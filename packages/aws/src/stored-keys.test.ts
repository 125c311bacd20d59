import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { storedKeys } from './stored-keys.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'federate-keys-'))
})
afterEach(() => rm(home, { recursive: true }))

const key = 'aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = s\n'

async function shared(text: string): Promise<string> {
  await mkdir(join(home, '.aws'))
  const path = join(home, '.aws', 'credentials')
  await writeFile(path, text)
  return path
}

it('finds nothing where nothing is', async () => {
  expect(await storedKeys({ HOME: home, AWS_ACCESS_KEY_ID: '' })).toEqual([])
})

it('names the variable, and the profile that SDKs read, and never what they hold', async () => {
  const path = await shared(`[default]\n${key}`)
  expect(await storedKeys({ HOME: home, AWS_ACCESS_KEY_ID: 'AKIAOTHER' })).toEqual([
    'AWS_ACCESS_KEY_ID',
    `profile default of ${path}`,
  ])
})

it('looks at the profile that is chosen', async () => {
  const path = await shared(`[old]\n${key}`)
  expect(await storedKeys({ HOME: home })).toEqual([])
  expect(await storedKeys({ HOME: home, AWS_PROFILE: 'old' })).toEqual([`profile old of ${path}`])
})

it('leaves what was lent alone: it has a session token', async () => {
  await shared(`[default]\n${key}aws_session_token = t\n`)
  expect(await storedKeys({ HOME: home })).toEqual([])
})
