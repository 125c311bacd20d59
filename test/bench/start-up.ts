/** Start-up: what a shell or an SDK waits for when it runs `federate`. Prints a table; asserts nothing. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compare, medianTimes, portOf, table } from './measure.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const main = here('../../packages/cli/dist/main.cjs')
const rounds = Number(process.env['ROUNDS'] ?? 25)

const folder = mkdtempSync(join(tmpdir(), 'federate-bench-'))
const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
makeCertificate()
const servers = spawn(process.execPath, [here('instant-servers.ts'), key, certificate], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const port = await portOf(servers.stdout)
  const serviceFile = writeService(port)
  const env = {
    NODE_EXTRA_CA_CERTS: certificate,
    // Another host than the issuer's, as in life: a connection of its own.
    AWS_ENDPOINT_URL_STS: `https://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    CLOUDSDK_API_ENDPOINT_OVERRIDES_STS: `https://127.0.0.1:${port}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS: `https://127.0.0.1:${port}/`,
    AZURE_AUTHORITY_HOST: `https://127.0.0.1:${port}`,
    CACHE_DIRECTORY: join(folder, 'cache'),
  }
  const asBilling = [String(port), 'billing', 'secret']
  const bare = { name: '`node -e 0`', args: ['-e', '0'] }
  const version = { name: '`federate --version`', args: [main, '--version'] }
  const floor = {
    name: 'two requests over node:https',
    args: [here('floor.cjs'), ...asBilling],
    env,
  }
  const credentials = {
    name: '`federate credentials aws`, cold',
    args: [main, 'credentials', 'aws', '-s', serviceFile],
    env,
    before: () => rmSync(join(folder, 'cache', 'credentials'), { recursive: true, force: true }),
  }
  const googleFloor = { ...floor, name: 'three requests over node:https', args: [here('floor-gcp.cjs'), ...asBilling] }
  const google = {
    ...credentials,
    name: '`federate credentials gcp`, cold',
    args: [main, 'credentials', 'gcp', '-s', serviceFile],
  }
  const azureFloor = { ...floor, args: [here('floor-azure.cjs'), ...asBilling] }
  const azure = {
    ...credentials,
    name: '`federate credentials azure`, cold',
    args: [main, 'credentials', 'azure', '-s', serviceFile],
  }
  const { before: _cleared, ...kept } = credentials
  const warm = { ...kept, name: '`federate credentials aws`, warm' }
  console.log(
    table([
      compare(version, bare, rounds, '≤ 1.2'),
      compare(credentials, floor, rounds, '≤ 2.0'),
      compare(google, googleFloor, rounds, '≤ 1.5'),
      compare(azure, azureFloor, rounds, '≤ 1.5'),
      compare(warm, bare, rounds, '≤ 1.1'),
    ]),
  )
  const token = { ...floor, name: '`federate token`', args: [main, 'token', '--raw', '--for', 's3', '-s', serviceFile] }
  console.log(parts(medianTimes([bare, version, token, credentials, floor], rounds), 'aws', 'two'))
  console.log(parts(medianTimes([bare, version, token, google, googleFloor], rounds), 'gcp', 'three'))
  console.log(parts(medianTimes([bare, version, token, azure, azureFloor], rounds), 'azure', 'two'))
} finally {
  servers.kill()
  rmSync(folder, { recursive: true, force: true })
}

/** What a cold start is made of: each program does what the one before does, and more. */
function parts(times: readonly number[], cloud: string, requests: string): string {
  const [node = 0, version = 0, token = 0, whole = 0, floor = 0] = times
  const rows = [
    ['node itself', node],
    ["the command's own start", version - node],
    ["the issuer's token", token - version],
    ["the cloud's client, the exchange, keeping the answer", whole - token],
    ['all of it', whole],
    [`for comparison: ${requests} requests over node:https`, floor],
  ] as const
  const lines = rows.map(([name, milliseconds]) => `| ${name} | ${milliseconds.toFixed(0)} |`)
  return ['', `| \`federate credentials ${cloud}\`, cold: part | ms |`, '|---|---|', ...lines].join('\n')
}

function makeCertificate(): void {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const made = spawnSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', certificate])
  if (made.status !== 0) throw new Error(`openssl is needed to make a certificate: ${made.error ?? made.stderr}`)
}

function writeService(port: number): string {
  writeFileSync(join(folder, 'secret'), 'secret', { mode: 0o600 })
  const path = join(folder, 'billing.federate.json')
  const target = {
    cloud: 'aws',
    roleArn: 'arn:aws:iam::123456789012:role/billing',
    audience: 'sts.amazonaws.com',
    subject: 'service-account-billing',
    durationSeconds: 3600,
  }
  const lake = {
    cloud: 'gcp',
    provider: 'projects/123456789012/locations/global/workloadIdentityPools/acme/providers/keycloak',
    serviceAccount: 'billing@acme-prod.iam.gserviceaccount.com',
  }
  const files = {
    cloud: 'azure',
    tenantId: '2a585d57-a5a8-4688-a60c-9796389eae7a',
    clientId: '868ab87f-fc57-46b2-8815-9b80a74b8922',
    scope: 'https://storage.azure.com/.default',
  }
  const file = {
    version: 1,
    service: 'billing',
    issuer: { url: `https://localhost:${port}/realms/bench`, kind: 'keycloak' },
    clientId: 'billing',
    auth: { method: 'client_secret_basic', secret: { file: 'secret' } },
    targets: { s3: target, lake, files },
  }
  writeFileSync(path, JSON.stringify(file))
  return path
}
