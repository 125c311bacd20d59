import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { dateClaim, readJwt } from '@federate/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { awsTarget, makeTestFile, type TestFile } from './federate-file.test-kit.ts'
import { createIssuer } from './issuer/issuer.ts'
import { keepFiles } from './kept-files.ts'
import { realmsFrom } from './realms-from.ts'
import { assertionFilesOf, tokenFilesOf } from './token-files.ts'
import { WorkloadIssuer } from './workload-issuer.ts'

const started = Date.parse('2026-11-20T12:00:00Z')

let place: TestFile
beforeEach(async () => {
  place = await makeTestFile()
})
afterEach(async () => {
  vi.useRealTimers()
  await place.remove()
})

describe('tokenFilesOf', () => {
  it('writes a token for the owner alone, and a new one at half of its life', async () => {
    const auth = { method: 'token_file', file: 'token' } as const
    const file = place.file({ auth, targets: [awsTarget('billing', '210987654321')] }, { name: 'other' })
    const url = new URL(place.issuer).origin
    vi.useFakeTimers({ now: started, toFake: ['Date', 'setInterval', 'clearInterval'] })
    const issuer = await createIssuer({
      url,
      realms: [...realmsFrom(file, { clients: new Map(), workloads: undefined }).values()],
    })
    const log: string[] = []
    const wanted = tokenFilesOf(file, () => issuer.realm('acme'))
    const files = await keepFiles(file, wanted, (message) => log.push(message))
    const path = join(place.folder, 'token')
    const issued = async () => dateClaim(readJwt(await readFile(path, 'utf8')).claims, 'iat')?.getTime()

    expect(await issued()).toBe(started)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(log).toEqual([`Wrote a token for billing to ${path}.`])
    vi.advanceTimersByTime(600_000)
    await vi.waitFor(async () => expect(await issued()).toBe(started + 600_000))

    files.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('assertionFilesOf', () => {
  it('writes a new assertion at half of its five minutes', async () => {
    const file = place.file({ auth: { method: 'jwt_file', file: 'assertion' } }, { name: 'other' })
    vi.useFakeTimers({ now: started, toFake: ['Date', 'setInterval', 'clearInterval'] })
    const wanted = assertionFilesOf(file, await WorkloadIssuer.make(), Date.now)
    const log: string[] = []
    const files = await keepFiles(file, wanted, (message) => log.push(message))
    const path = join(place.folder, 'assertion')
    const issued = async () => dateClaim(readJwt(await readFile(path, 'utf8')).claims, 'iat')?.getTime()
    expect(await issued()).toBe(started)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(log).toEqual([`Wrote an assertion for billing to ${path}.`])
    vi.advanceTimersByTime(150_000)
    await vi.waitFor(async () => expect(await issued()).toBe(started + 150_000))
    files.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})
