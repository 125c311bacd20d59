import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExaminedToken, ServiceWish } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { AzureCredentials } from './access-token-credentials.ts'
import { azure } from './cloud.ts'

const ids = { tenantId: '2a585d57-a5a8-4688-a60c-9796389eae7a', clientId: '868ab87f-fc57-46b2-8815-9b80a74b8922' }
const runtime = await azure.runtime(ids, 'test')
const credentials = new AzureCredentials({
  ...ids,
  accessToken: 'the-access-token',
  federatedToken: 'the-federated-token',
  expiresAt: new Date('2026-11-21T12:00:00Z'),
  scope: runtime.scope,
})
const now = new Date('2026-11-21T12:00:00Z')
const service: ServiceWish = {
  name: 'billing',
  issuerName: 'prod',
  issuer: { url: 'https://kc.example.com/realms/prod', kind: 'keycloak' },
  clientId: 'billing',
  subject: 'service-account-billing',
  auth: { method: 'token_file', file: '/token' },
  claims: {},
  targets: [],
}

function tokenOf(claims: Record<string, unknown> = {}): ExaminedToken {
  const usual = { iss: service.issuer.url, sub: service.subject, aud: 'api://AzureADTokenExchange' }
  return {
    header: { alg: 'RS256', typ: 'JWT', kid: 'k1' },
    claims: { ...usual, exp: now.getTime() / 1000 + 600, ...claims },
    signature: { state: 'valid' },
    length: 900,
  }
}

describe('Azure as a cloud', () => {
  it('prints credentials in each format', async () => {
    expect(JSON.parse(await azure.format('json', credentials, runtime))).toEqual({
      accessToken: 'the-access-token',
      expiresOn: '2026-11-21T12:00:00Z',
      expires_on: 1_795_262_400,
      tokenType: 'Bearer',
      tenant: ids.tenantId,
      clientId: ids.clientId,
      scope: 'https://management.azure.com/.default',
    })
    expect(await azure.format('token', credentials, runtime)).toBe('the-access-token')
    expect(await azure.format('env', credentials, runtime)).toContain("export AZURE_ACCESS_TOKEN='the-access-token'")
    await expect(azure.format('yaml', credentials, runtime)).rejects.toMatchObject({ code: 'AZURE_FORMAT_UNKNOWN' })
  })

  it('keeps the issuer’s token in a file for this user only, and names the three variables', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'federate-azure-'))
    const federatedTokenFile = join(folder, "billing's.jwt")
    const text = await azure.format('federated-token-file', credentials, { ...runtime, federatedTokenFile })
    expect(text.split('\n')).toEqual([
      `export AZURE_TENANT_ID='${ids.tenantId}'`,
      `export AZURE_CLIENT_ID='${ids.clientId}'`,
      `export AZURE_FEDERATED_TOKEN_FILE='${federatedTokenFile.replace("'", "'\\''")}'`,
    ])
    expect(await readFile(federatedTokenFile, 'utf8')).toBe('the-federated-token')
    expect((await stat(federatedTokenFile)).mode & 0o777).toBe(0o600)
    await rm(folder, { recursive: true })
  })

  it.skipIf(process.platform === 'win32')('writes no token where others could put their own in its place', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'federate-azure-'))
    await chmod(folder, 0o777)
    const named = { ...runtime, federatedTokenFile: join(folder, 'azure.jwt') }
    await expect(azure.format('federated-token-file', credentials, named)).rejects.toMatchObject({
      code: 'OUTPUT_FOLDER_OPEN',
      outcome: 'failed',
      message: `The folder ${folder} can be written by others (mode 0777), who could put a file of their own in the place of this one. Run \`chmod go-w ${folder}\`, or name another folder.`,
    })
    expect(await readdir(folder)).toEqual([])
    await rm(folder, { recursive: true })
  })

  it.each([
    [undefined, 'no file was named'],
    ['token.jwt', 'is not an absolute path'],
  ])('refuses the federated token file %s', async (federatedTokenFile, words) => {
    const format = azure.format('federated-token-file', credentials, { ...runtime, federatedTokenFile })
    await expect(format).rejects.toMatchObject({ code: 'AZURE_TOKEN_FILE', problem: expect.stringContaining(words) })
  })

  it('prints, inspects and serialises credentials without their tokens', async () => {
    const { inspect } = await import('node:util')
    const printed = `${credentials} ${JSON.stringify(credentials)} ${inspect(credentials)}`
    expect(printed).not.toMatch(/the-access-token|the-federated-token/)
    expect(printed).toContain(ids.clientId)
  })
})

describe('explain', () => {
  const wish = async (more: object = {}) =>
    (await azure.wish()).parse({ tenant: ids.tenantId, application: 'billing', ...more })
  const explained = async (claims: Record<string, unknown> = {}, more: object = {}) => {
    const target = { service: 'billing', name: 'files', cloud: 'azure', wish: await wish(more) }
    return azure.explain({ owner: 'acme', service, target, token: tokenOf(claims), now })
  }

  it('accepts the token that setup prepares for', async () => {
    expect((await explained()).decision).toBe('accepted')
  })

  it('refuses another with Entra’s code, and shows the place', async () => {
    const verdict = await explained({ sub: 'service-account-Billing' })
    expect(verdict.refusal?.code).toBe('AADSTS7002138')
    expect(verdict.rules.find(({ outcome }) => outcome === 'failed')?.detail).toContain('at character 17')
  })

  it('knows the audience of each cloud', async () => {
    expect((await explained({}, { environment: 'usgovernment' })).refusal?.code).toBe('AADSTS700212')
  })

  it.each([
    [
      'Graph and the Azure CLI',
      [{ name: 'a', issuer: service.issuer.url, subject: service.subject, audiences: ['api://AzureADTokenExchange'] }],
    ],
    [
      'Resource Manager',
      {
        value: [
          {
            name: 'a',
            properties: {
              issuer: service.issuer.url,
              subject: service.subject,
              audiences: ['api://AzureADTokenExchange'],
            },
          },
        ],
      },
    ],
  ])('judges by what %s print', async (_, printed) => {
    const files = new Map([['federatedCredentials', { path: 'credentials.json', text: JSON.stringify(printed) }]])
    const verdict = await azure.explainFiles?.({ files, values: new Map(), token: tokenOf(), now })
    expect(verdict?.decision).toBe('accepted')
  })

  it.each(['no json', '[{"issuer": 1}]', '[1]'])('refuses the file %s', async (text) => {
    const files = new Map([['federatedCredentials', { path: 'credentials.json', text }]])
    const asked = azure.explainFiles?.({ files, values: new Map(), token: tokenOf(), now })
    await expect(asked).rejects.toMatchObject({
      code: 'AZURE_TRUST_FILE',
      problem:
        'credentials.json holds no federated credentials: JSON objects with issuer, subject and audiences were expected.',
    })
  })
})
