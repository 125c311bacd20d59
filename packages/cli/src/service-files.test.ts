import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aws } from '@federate/aws/cloud'
import { parseServiceFile, type RuntimeTarget, type ServiceWish } from '@federate/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeServiceFiles } from './service-files.ts'
import type { TrustSession } from './trust.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-service-files-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const target = (name: string, cloud: string) => ({ service: 'billing', name, cloud, wish: {} })

const billing: ServiceWish = {
  name: 'billing',
  issuerName: 'prod',
  issuer: { url: 'https://kc.example.com/realms/prod', kind: 'keycloak' },
  clientId: 'billing',
  subject: 'service-account-billing',
  auth: { method: 'client_secret_basic', secret: { file: '/run/secrets/billing' } },
  claims: {},
  targets: [target('s3', 'aws'), target('lake', 'gcp')],
}

/** A session that works on AWS alone. */
function session(service: ServiceWish, warnings: string[] = []): TrustSession {
  const resolve = (): RuntimeTarget => ({ cloud: 'aws', roleArn: 'arn:aws:iam::123456789012:role/new' })
  const targets = service.targets.filter(({ cloud }) => cloud === 'aws')
  return {
    file: {
      path: join(folder, 'federate.yaml'),
      owner: 'acme',
      issuers: { prod: service.issuer },
      services: [service],
      apis: [],
    },
    named: undefined,
    issuers: [],
    leftOut: [],
    parts: [{ cloud: aws, trust: { resources: [], discover: async () => [], resolve }, targets }],
    only: undefined,
    context: {
      signal: new AbortController().signal,
      now: Date.now,
      fetch: () => Promise.reject(new Error('nothing is fetched here')),
      env: {},
      warn: (message) => void warnings.push(message),
    },
  }
}

const path = () => join(folder, 'billing.federate.json')
const calling: ServiceWish = { ...billing, targets: [] }
const write = (service: ServiceWish, warnings?: string[]) =>
  writeServiceFiles(session(service, warnings), { get: () => undefined }, undefined)
const targets = async () => parseServiceFile(await readFile(path(), 'utf8'), path()).targets

async function before(others: Record<string, RuntimeTarget>): Promise<void> {
  const { name: service, issuer, clientId, auth } = billing
  await writeFile(path(), JSON.stringify({ version: 1, service, issuer, clientId, auth, targets: others }))
}

describe('writeServiceFiles', () => {
  it('writes that of a service without targets with the side of the issuer, and with no cloud', async () => {
    for (const named of ['keycloak', undefined] as const) {
      await rm(path(), { force: true })
      await writeServiceFiles({ ...session(calling), named, parts: [] }, { get: () => undefined }, undefined)
      expect(await targets()).toEqual({})
    }
    await rm(path())
    const others: Partial<TrustSession>[] = [{ named: 'aws' }, { only: new Set(['reporting']) }]
    for (const other of others)
      expect(await writeServiceFiles({ ...session(calling), ...other }, { get: () => undefined }, undefined)).toEqual(
        [],
      )
  })

  const lake = { cloud: 'gcp', provider: 'projects/1/locations/global/workloadIdentityPools/acme/providers/prod' }

  it('keeps what another cloud resolved, and replaces its own', async () => {
    await before({ s3: { cloud: 'aws', roleArn: 'arn:aws:iam::123456789012:role/old' }, lake })
    await write(billing)
    expect(await targets()).toEqual({ s3: { cloud: 'aws', roleArn: 'arn:aws:iam::123456789012:role/new' }, lake })
    expect((await write(billing))[0]).toMatchObject({ changed: false })
  })

  it('drops what federate.yaml no longer has, or has in another cloud', async () => {
    await before({ gone: lake, s3: lake })
    await write(billing)
    expect(Object.keys(await targets())).toEqual(['s3'])
    expect((await targets())['s3']?.cloud).toBe('aws')
  })

  it('replaces a file that it cannot understand, and says so', async () => {
    await writeFile(path(), '{ "version": 1')
    const warnings: string[] = []
    await write(billing, warnings)
    expect(Object.keys(await targets())).toEqual(['s3'])
    expect(warnings).toEqual([
      expect.stringContaining('It was replaced, with the targets of aws only: `federate setup` adds the others.'),
    ])
  })
})
