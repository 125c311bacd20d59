import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConfigurationWish, nodeFetch } from '@federate/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configure } from './configure.ts'
import { type GcpRuntime, parseGcpRuntime } from './target.ts'

const provider = 'projects/123456789/locations/global/workloadIdentityPools/on-prem/providers/keycloak'
const runtime = parseGcpRuntime({ provider, serviceAccount: 'billing@acme-prod.iam.gserviceaccount.com' }, 'test')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-gcp-'))
})
afterEach(() => rm(folder, { recursive: true }))

function wish(changes: Partial<ConfigurationWish<GcpRuntime>> = {}): ConfigurationWish<GcpRuntime> {
  return {
    service: 'billing',
    target: 'lake',
    runtime,
    auth: { method: 'client_secret_basic', secret: { file: 'secret' } },
    directory: folder,
    command: [
      '/usr/bin/node',
      '/opt/federate/main.cjs',
      'credentials',
      'gcp',
      '--service',
      '/etc/billing.federate.json',
    ],
    flags: {},
    ...changes,
  }
}

const context = (env: Record<string, string> = { CACHE_DIRECTORY: '/var/cache/federate' }) => ({
  signal: new AbortController().signal,
  now: Date.now,
  fetch: nodeFetch(),
  env,
  warn: () => undefined,
})

const read = async (path: string) => JSON.parse(await readFile(path, 'utf8'))

describe('configure gcp', () => {
  it.skipIf(process.platform === 'win32')('writes nothing where everybody could exchange it', async () => {
    const open = join(folder, 'open')
    await mkdir(open)
    await chmod(open, 0o777)
    await expect(configure(wish({ flags: { file: join(open, 'x.json') } }), context())).rejects.toMatchObject({
      code: 'OUTPUT_FOLDER_OPEN',
      problem: expect.stringContaining(`The folder ${open} can be written by everybody (mode 0777)`),
    })
    expect(await readdir(open)).toEqual([])
  })

  it('writes what gcloud would, with this command as executable, and nothing the second time', async () => {
    const first = await configure(wish(), context())
    expect(first).toEqual({
      path: join(folder, 'billing.lake.gcp.json'),
      what: 'external account',
      changed: true,
      warnings: [],
      environment: {
        GOOGLE_APPLICATION_CREDENTIALS: first.path,
        GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1',
        GOOGLE_CLOUD_PROJECT: 'acme-prod',
      },
    })
    expect(await read(first.path)).toEqual({
      universe_domain: 'googleapis.com',
      type: 'external_account',
      audience: `//iam.googleapis.com/${provider}`,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: 'https://sts.googleapis.com/v1/token',
      credential_source: {
        executable: {
          command:
            '/usr/bin/node /opt/federate/main.cjs credentials gcp --service /etc/billing.federate.json --format executable',
          timeout_millis: 30_000,
          output_file: expect.stringMatching(/^\/var\/cache\/federate\/google\/billing\.lake\.[0-9a-f]{12}\.json$/),
        },
      },
      service_account_impersonation_url:
        'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/billing@acme-prod.iam.gserviceaccount.com:generateAccessToken',
      service_account_impersonation: { token_lifetime_seconds: 3600 },
    })
    expect(await configure(wish(), context())).toMatchObject({ changed: false })
  })

  it('names the file itself where the service has a token file, and warns of what Node’s library does with its line break', async () => {
    await writeFile(join(folder, 'token'), 'e30.e30.x\n')
    const configured = await configure(wish({ auth: { method: 'token_file', file: 'token' } }), context())
    const { credential_source: source } = await read(configured.path)
    expect(source).toEqual({ file: join(folder, 'token'), format: { type: 'text' } })
    expect(configured.environment).toEqual({
      GOOGLE_APPLICATION_CREDENTIALS: configured.path,
      GOOGLE_CLOUD_PROJECT: 'acme-prod',
    })
    expect(configured.warnings).toEqual([expect.stringContaining('ends with a line break')])
    const kept = wish({ auth: { method: 'token_file', file: 'token' }, flags: { outputFile: '/run/out' } })
    await expect(configure(kept, context())).rejects.toMatchObject({
      ...{ code: 'GCP_OUTPUT_FILE', outcome: 'usage' },
      problem: `--output-file means nothing for a service with a token file, ${join(folder, 'token')}: libraries read the token there, and keep none.`,
    })
  })

  it.each([
    [{ provider, project: 'acme-data', serviceAccount: 'b@acme-prod.iam.gserviceaccount.com' }, 'acme-data'],
    [{ provider, serviceAccount: '123456789-compute@developer.gserviceaccount.com' }, undefined],
    [{ provider }, undefined],
  ])('names the project of %j, where it is known', async (fields, project) => {
    const { environment } = await configure(wish({ runtime: parseGcpRuntime(fields, 'test') }), context())
    expect(environment['GOOGLE_CLOUD_PROJECT']).toBe(project)
  })

  it('warns of a token file that is not there yet', async () => {
    const tokenFile = join(folder, 'later')
    const { warnings } = await configure(wish({ flags: { source: 'file', tokenFile } }), context())
    expect(warnings).toEqual([
      `${tokenFile} is not there, or cannot be read: libraries fail until something writes it.`,
    ])
  })

  it('knows regions and other universes', async () => {
    const target = parseGcpRuntime({ provider, location: 'europe-west1', universe: 'apis.example' }, 'test')
    const { path } = await configure(wish({ runtime: target, flags: { file: join(folder, 'x.json') } }), context())
    expect(await read(path)).toMatchObject({
      universe_domain: 'apis.example',
      token_url: 'https://sts.europe-west1.rep.apis.example/v1/token',
    })
  })

  it.each([
    [{ command: ['/usr/bin/node', '/opt/my app/main.cjs'] }, 'GCP_COMMAND_PATH', 'cannot run "/opt/my app/main.cjs"'],
    [{ flags: { source: 'file' } }, 'GCP_TOKEN_FILE', 'the service has none'],
  ])('refuses %j', async (changes, code, problem) => {
    await expect(configure(wish(changes), context())).rejects.toMatchObject({
      code,
      problem: expect.stringContaining(problem),
    })
  })

  it('does not write over a file of another kind', async () => {
    const file = join(folder, 'key.json')
    await writeFile(file, '{"type":"service_account"}')
    await expect(configure(wish({ flags: { file } }), context())).rejects.toMatchObject({
      code: 'GCP_FILE_TAKEN',
      problem: `${file} exists, and is no external account file.`,
    })
  })
})
