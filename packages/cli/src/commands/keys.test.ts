import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeTerminal } from '../fake-terminal.test-kit.ts'
import { issueKey, revokeKeys, rotateKey } from './keys.ts'

let cwd = ''
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'federate-keys-'))
  await writeFile(
    join(cwd, 'federate.yaml'),
    `version: 1
owner: acme
issuers:
  prod: { url: https://keycloak.example.com/realms/prod, kind: keycloak }
apis:
  orders: { audience: api://orders, roles: [reader] }
`,
  )
})
afterAll(() => rm(cwd, { recursive: true }))

// Nobody administers Keycloak here, so whatever is told first is told without asking it.
const terminal = () => new FakeTerminal({ cwd })
const right = { name: 'acme', api: ['orders'], role: ['reader'] }

describe('federate keys issue, without an administrator', () => {
  it.each([
    [{ ...right, name: 'two words' }, 'KEY_NAME_INVALID'],
    [{ ...right, api: ['order'] }, 'KEY_API_UNKNOWN'],
    [{ ...right, api: [], role: [] }, 'KEY_WITHOUT_API'],
    [{ ...right, role: ['owner'] }, 'KEY_ROLE_UNKNOWN'],
    [{ ...right, expires: 'soon' }, 'EXPIRY_INVALID'],
    [{ ...right, expires: '2025-01-01' }, 'KEY_EXPIRY_PAST'],
    [{ ...right, lifetime: 'long' }, 'DURATION_INVALID'],
    [{ ...right, issuer: 'test' }, 'ISSUER_UNKNOWN'],
    [right, 'KEYCLOAK_ACCESS_MISSING'],
  ])('%j: %s', async (options, code) => {
    await expect(issueKey(options, terminal())).rejects.toMatchObject({ code, outcome: 'usage' })
  })

  it('names the issuer that the file has not', async () => {
    await expect(issueKey({ ...right, issuer: 'test' }, terminal())).rejects.toMatchObject({
      problem: expect.stringMatching(/ has no issuer test of kind keycloak; there are: prod\.$/),
    })
  })
})

describe('other keys commands, without an administrator', () => {
  it('say first what is wrong with their words', async () => {
    await expect(revokeKeys({ names: [] }, terminal())).rejects.toMatchObject({ code: 'KEY_NOT_NAMED' })
    await expect(revokeKeys({ names: ['acme'] }, terminal())).rejects.toMatchObject({ code: 'KEYCLOAK_ACCESS_MISSING' })
    const contradicting = { name: 'acme', jwksUrl: 'https://acme.example/jwks', secretFile: 'secret' }
    await expect(rotateKey(contradicting, terminal())).rejects.toMatchObject({ code: 'FLAGS_CONTRADICT' })
  })

  it.each([
    ['issue', issueKey],
    ['rotate', rotateKey],
  ])('%s writes a secret over no other file', async (_verb, command) => {
    await writeFile(join(cwd, 'notes'), 'precious')
    await expect(command({ ...right, secretFile: 'notes' }, terminal())).rejects.toMatchObject({
      code: 'SECRET_FILE_EXISTS',
      outcome: 'usage',
      problem: `${join(cwd, 'notes')} exists already, and a secret is never written over another file. Nothing was changed.`,
    })
    expect(await readFile(join(cwd, 'notes'), 'utf8')).toBe('precious')
  })
})
