import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConfigurationWish, nodeFetch } from '@federate/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configure } from './configure.ts'
import { type AzureRuntime, parseAzureRuntime } from './target.ts'

const ids = { tenantId: '2a585d57-a5a8-4688-a60c-9796389eae7a', clientId: '868ab87f-fc57-46b2-8815-9b80a74b8922' }
const runtime = parseAzureRuntime(ids, 'test')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-azure-'))
})
afterEach(() => rm(folder, { recursive: true }))

function wish(changes: Partial<ConfigurationWish<AzureRuntime>> = {}): ConfigurationWish<AzureRuntime> {
  return {
    service: 'billing',
    target: 'files',
    runtime,
    auth: { method: 'token_file', file: 'token' },
    directory: folder,
    command: ['/usr/bin/node', '/opt/my app/main.cjs', 'credentials', 'azure', '--service', '/etc/b.federate.json'],
    flags: {},
    ...changes,
  }
}

const byFile: Partial<ConfigurationWish<AzureRuntime>> = {
  auth: { method: 'client_secret_basic', secret: { file: 'secret' } },
  flags: { federatedTokenFile: '/run/billing/azure.jwt' },
}

const context = (env: Record<string, string> = {}) => ({
  signal: new AbortController().signal,
  now: Date.now,
  fetch: nodeFetch(),
  env,
  warn: () => undefined,
})

const fill = (aud: unknown, end = '') => {
  const [header, claims] = [{ alg: 'RS256' }, { aud }].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  return writeFile(join(folder, 'token'), `${header}.${claims}.x${end}`)
}

const signIn = (file: string) =>
  `az login --service-principal --username ${ids.clientId} --tenant ${ids.tenantId} --allow-no-subscriptions --federated-token "$(cat ${file})"`

describe('configure azure', () => {
  it.skipIf(process.platform === 'win32')('writes nothing where everybody could exchange it', async () => {
    const open = join(folder, 'open')
    await mkdir(open)
    await chmod(open, 0o777)
    await expect(
      configure(wish({ ...byFile, flags: { ...byFile.flags, file: join(open, 'x.env') } }), context()),
    ).rejects.toMatchObject({
      code: 'OUTPUT_FOLDER_OPEN',
      problem: expect.stringContaining(`The folder ${open} can be written by everybody (mode 0777)`),
    })
    expect(await readdir(open)).toEqual([])
  })

  it('names the service’s own token file where its audience fits, and writes nothing the second time', async () => {
    await fill('api://AzureADTokenExchange', '\n')
    const file = join(folder, 'token')
    const first = await configure(wish(), context())
    expect(first).toEqual({
      path: join(folder, 'billing.files.azure.env'),
      what: 'environment file',
      changed: true,
      warnings: [],
      environment: {
        AZURE_TENANT_ID: ids.tenantId,
        AZURE_CLIENT_ID: ids.clientId,
        AZURE_FEDERATED_TOKEN_FILE: file,
        AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com',
        ARM_USE_OIDC: 'true',
        ARM_TENANT_ID: ids.tenantId,
        ARM_CLIENT_ID: ids.clientId,
        ARM_OIDC_TOKEN_FILE_PATH: file,
        ARM_ENVIRONMENT: 'public',
      },
      commands: [signIn(file)],
    })
    const lines = (await readFile(first.path, 'utf8')).split('\n')
    expect(lines[0]).toBe('# Written by `federate configure azure` for billing/files.')
    expect(lines).toContain(`AZURE_FEDERATED_TOKEN_FILE=${file}`)
    expect(lines).toContain(`# ${signIn(file)}`)
    expect(lines.join()).not.toMatch(/IDENTITY_|MSI_|IMDS_/)
    expect(await configure(wish(), context())).toMatchObject({ changed: false })
  })

  it('shows what keeps a file filled that the service does not have already', async () => {
    const { environment, commands } = await configure(wish(byFile), context())
    expect(environment).toMatchObject({ AZURE_FEDERATED_TOKEN_FILE: '/run/billing/azure.jwt' })
    expect(commands).toEqual([
      "/usr/bin/node '/opt/my app/main.cjs' credentials azure --service /etc/b.federate.json --format federated-token-file --federated-token-file /run/billing/azure.jwt > /dev/null",
      signIn('/run/billing/azure.jwt'),
    ])
  })

  it.each([
    ['usgovernment', 'https://login.microsoftonline.us', 'AzureUSGovernment'],
    ['china', 'https://login.chinacloudapi.cn', 'AzureChinaCloud'],
  ] as const)('knows the cloud %s', async (environment, authority, cloud) => {
    const there = parseAzureRuntime({ ...ids, environment }, 'test')
    const configured = await configure(wish({ ...byFile, runtime: there }), context())
    expect(configured.environment).toMatchObject({ AZURE_AUTHORITY_HOST: authority, ARM_ENVIRONMENT: environment })
    expect(configured.commands).toContain(`az cloud set --name ${cloud}`)
  })

  it('warns of a file that cannot be read yet, of what comes before it, and of the other family', async () => {
    const env = { AZURE_CLIENT_SECRET: 'x', IDENTITY_ENDPOINT: 'http://127.0.0.1/', MSI_SECRET: '' }
    expect((await configure(wish(), context(env))).warnings).toEqual([
      `${join(folder, 'token')} holds no token that can be read now: its audience was not checked.`,
      'AZURE_CLIENT_SECRET is set here, and comes before the token file. Unset it.',
      'IDENTITY_ENDPOINT is set here, and belongs to the endpoint of managed identities. Unset it.',
    ])
  })

  it.each([
    ['account', '["account"]'],
    [['api://AzureADTokenExchange', 'account'], '["api://AzureADTokenExchange","account"]'],
    ['api://azureadtokenexchange', '["api://azureadtokenexchange"]'],
    [undefined, '[]'],
  ])('refuses the service’s own token for %j', async (audience, shown) => {
    await fill(audience)
    await expect(configure(wish(), context())).rejects.toMatchObject({
      code: 'AZURE_TOKEN_FILE_AUDIENCE',
      problem: `The token in ${join(folder, 'token')} is for ${shown}, and Microsoft Entra expects exactly "api://AzureADTokenExchange".`,
    })
  })

  it.each([
    [{ ...byFile, flags: {} }, 'AZURE_TOKEN_FILE', 'the service has none'],
    [{ flags: { federatedTokenFile: '/run/my token' } }, 'AZURE_FILE_PATH', 'cannot name "/run/my token"'],
    [{ flags: { federatedTokenFile: '/run/$(id)' } }, 'AZURE_FILE_PATH', 'cannot name "/run/$(id)"'],
  ])('refuses %j', async (changes, code, problem) => {
    await expect(configure(wish(changes), context())).rejects.toMatchObject({
      code,
      problem: expect.stringContaining(problem),
    })
  })

  it('does not write over a file of another kind', async () => {
    const file = join(folder, '.env')
    await writeFile(file, 'PASSWORD=x\n')
    const configured = configure(wish({ ...byFile, flags: { ...byFile.flags, file } }), context())
    await expect(configured).rejects.toMatchObject({
      code: 'AZURE_FILE_TAKEN',
      problem: `${file} exists, and \`federate configure azure\` did not write it.`,
    })
    expect(await readFile(file, 'utf8')).toBe('PASSWORD=x\n')
  })
})
