import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallContext, FetchInit } from '@federate/core'
import { jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { authorization } from './authorization.ts'

const now = Date.UTC(2026, 10, 21)
let folder = ''
let asked: { readonly url: string; readonly init: FetchInit }[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-gcp-'))
  asked = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A Google that answers everything with this. */
function context(env: CallContext['env'], status: number, answer: object): CallContext {
  return {
    env: { HOME: folder, PATH: folder, ...env },
    now: () => now,
    signal: new AbortController().signal,
    warn: () => undefined,
    fetch: async (url, init) => {
      asked.push({ url, init })
      const body = Buffer.from(JSON.stringify(answer))
      return {
        status,
        headers: { get: () => null },
        body: (async function* () {
          yield body
        })(),
      }
    },
  }
}

async function credentialsFile(content: object): Promise<string> {
  const path = join(folder, 'adc.json')
  await writeFile(path, JSON.stringify(content))
  return path
}

const user = {
  type: 'authorized_user',
  client_id: 'gcloud',
  client_secret: 'cs',
  refresh_token: '1//rt',
  quota_project_id: 'acme',
}

describe('authorization', () => {
  it('takes a token from the environment, and asks nobody', async () => {
    const headers = authorization(undefined, context({ CLOUDSDK_AUTH_ACCESS_TOKEN: 'ya29.env' }, 500, {}))
    expect(await headers()).toEqual({ authorization: 'Bearer ya29.env' })
    expect(asked).toEqual([])
  })

  it("refreshes a user's Application Default Credentials, once for many calls", async () => {
    const path = await credentialsFile(user)
    const given = context({ GOOGLE_APPLICATION_CREDENTIALS: path }, 200, { access_token: 'ya29.user' })
    const headers = authorization(undefined, given)
    const both = await Promise.all([headers(), headers()])
    expect(both[0]).toEqual({ authorization: 'Bearer ya29.user', 'x-goog-user-project': 'acme' })
    expect(both[1]).toBe(both[0])
    expect(asked.map(({ url }) => url)).toEqual(['https://oauth2.googleapis.com/token'])
    expect(asked[0]?.init.body).toBe(
      'grant_type=refresh_token&client_id=gcloud&client_secret=cs&refresh_token=1%2F%2Frt',
    )
  })

  it("signs with a service account's key", async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const client_email = 'admin@acme.iam.gserviceaccount.com'
    const path = await credentialsFile({ type: 'service_account', private_key, private_key_id: 'k1', client_email })
    const given = context({ GOOGLE_APPLICATION_CREDENTIALS: path }, 200, { access_token: 'ya29.sa' })
    expect(await authorization(undefined, given)()).toEqual({ authorization: 'Bearer ya29.sa' })
    const assertion = new URLSearchParams(asked[0]?.init.body).get('assertion') ?? ''
    const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, { currentDate: new Date(now) })
    expect(protectedHeader.kid).toBe('k1')
    expect(payload).toMatchObject({ iss: client_email, aud: 'https://oauth2.googleapis.com/token' })
  })

  it('goes on to the account that federate.admin.yaml names', async () => {
    const access = { impersonate: 'admin@acme.iam.gserviceaccount.com', quotaProject: 'acme-admin' }
    const given = context({ GOOGLE_OAUTH_ACCESS_TOKEN: 'ya29.own' }, 200, { accessToken: 'ya29.admin' })
    expect(await authorization(access, given)()).toEqual({
      authorization: 'Bearer ya29.admin',
      'x-goog-user-project': 'acme-admin',
    })
    expect(asked[0]?.url).toMatch(/serviceAccounts\/admin@acme.iam.gserviceaccount.com:generateAccessToken$/)
    expect(asked[0]?.init.headers).toMatchObject({ authorization: 'Bearer ya29.own' })
  })

  it('says that the login has expired, without the refresh token', async () => {
    const path = await credentialsFile(user)
    const answer = { error: 'invalid_grant', error_subtype: 'invalid_rapt', echo: '1//rt' }
    const failed = authorization(undefined, context({ GOOGLE_APPLICATION_CREDENTIALS: path }, 400, answer))()
    await expect(failed).rejects.toMatchObject({
      code: 'GCP_LOGIN_EXPIRED',
      outcome: 'refused',
      problem: expect.stringContaining('status 400, invalid_grant, invalid_rapt'),
    })
    await expect(failed).rejects.not.toThrow('1//rt')
  })

  it('says what was looked for when there is nothing', async () => {
    await expect(authorization(undefined, context({}, 500, {}))()).rejects.toMatchObject({
      code: 'GCP_NO_CREDENTIALS',
      outcome: 'usage',
      problem: expect.stringContaining('gcloud is not installed'),
    })
  })
})
