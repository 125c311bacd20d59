import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { FederateError } from '../errors.ts'
import { objectAt, stringAt } from '../shape.ts'
import { CredentialCache } from './credential-cache.ts'

/** A cloud's credentials, as small as they can be. */
export interface Lent {
  readonly name: string
  readonly expiresAt: Date
}

const outage = new FederateError({
  code: 'ISSUER_UNREACHABLE',
  outcome: 'unreachable',
  problem: 'The issuer is down.',
  next: 'Wait.',
})

/** A cache in a folder of its own, with a clock that the test sets and a cloud that counts. */
export async function cacheWorld() {
  const root = await mkdtemp(join(tmpdir(), 'federate-cache-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const folder = join(root, 'credentials')
  const world = { now: Date.UTC(2026, 0, 1), asked: 0, lifetime: 3600, warnings: [] as string[], down: false }
  const cache = (over = folder) =>
    new CredentialCache({
      folder: over,
      now: () => world.now,
      warn: (message) => world.warnings.push(message),
      patience: 2,
    })
  const exchange = async (): Promise<Lent> => {
    world.asked += 1
    const name = `lent-${world.asked}`
    await new Promise((resolve) => setTimeout(resolve, 20))
    if (world.down) throw outage
    return { name, expiresAt: new Date(world.now + world.lifetime * 1000) }
  }
  const request = (target = 's3', shape: string = 'a') => ({
    subject: { cloud: 'some', service: 'billing', issuer: 'https://issuer', clientId: 'billing', target, shape },
    exchange,
    toRecord: async ({ name, expiresAt }: Lent) => ({ name, expiresAt: expiresAt.toISOString() }),
    fromRecord: async (record: unknown): Promise<Lent> => {
      const fields = objectAt(record, 'the cache')
      const expiresAt = new Date(stringAt(fields, 'expiresAt', 'the cache'))
      return { name: stringAt(fields, 'name', 'the cache'), expiresAt }
    },
  })
  const get = async (target?: string, shape?: string) => (await cache().get(request(target, shape))).credentials.name
  const getNewer = async (newerThan: number) => (await cache().get({ ...request(), newerThan })).credentials.name
  return {
    root,
    folder,
    world,
    cache,
    request,
    get,
    getNewer,
    forward: (seconds: number) => (world.now += seconds * 1000),
  }
}
