import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { aws } from '@federate/aws/cloud'
import { azure } from '@federate/azure/cloud'
import type { FederateFile } from '@federate/core'
import { readFederateFile } from '@federate/core/config'
import { gcp } from '@federate/gcp/cloud'
import { type RealmControl, type Sandbox, type SandboxOptions, startSandbox } from '@federate/sandbox'
import { freePort } from '../keycloak/ports.ts'

/** The bundled command: what users run is what is tested. */
export const command = fileURLToPath(new URL('../../packages/cli/dist/main.cjs', import.meta.url))

export interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  /** Default: the place's folder. */
  readonly cwd?: string
  /** Called with the running process: to send it signals. */
  readonly during?: (child: ChildProcess) => void
}

/** A folder with a federate.yaml, the sandbox it describes, and the command run in it. */
export class Place {
  readonly folder: string
  readonly issuerPort: number
  #sandbox: Sandbox | undefined

  constructor(folder: string, issuerPort: number) {
    this.folder = folder
    this.issuerPort = issuerPort
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.issuerPort}/realms/acme`
  }

  get sandbox(): Sandbox {
    if (this.#sandbox === undefined) throw new Error('this place has no sandbox yet')
    return this.#sandbox
  }

  /** The realm of the sandbox's issuer. */
  get realm(): RealmControl {
    const realm = this.sandbox.issuer.realm(this.issuer)
    if (realm === undefined) throw new Error('the sandbox has no realm')
    return realm
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, text: string, mode = 0o600): Promise<void> {
    return writeFile(this.path(name), text, { mode })
  }

  read(name: string): Promise<string> {
    return readFile(this.path(name), 'utf8')
  }

  async startSandbox(options: Pick<SandboxOptions, 'issuers'> = {}): Promise<void> {
    this.#sandbox = await startSandbox({ file: await this.federateFile(), ...options })
  }

  async federateFile(): Promise<FederateFile> {
    const schemas = [aws, gcp, azure].map(async (cloud) => [cloud.name, await cloud.wish()] as const)
    const targetSchemas = new Map(await Promise.all(schemas))
    return readFederateFile({ path: this.path('federate.yaml'), env: {}, cwd: this.folder, targetSchemas })
  }

  /** Runs the command as the administrator does. */
  federate(line: string | readonly string[], options: RunOptions = {}): Promise<Ran> {
    const args = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : [...line]
    const env = { CACHE_DIRECTORY: this.path('cache'), ...this.#sandbox?.env, ...options.env }
    return runFederate(args, options.cwd ?? this.folder, { ...options, env })
  }

  /** Has one side set up, as the administrator does. */
  async setUp(side: string): Promise<void> {
    const { status, stderr } = await this.federate(`setup ${side} --yes`)
    if (status !== 0) throw new Error(stderr)
  }

  /** Runs the command as the service does: without the administrator's key. */
  asService(line: string | readonly string[], options: RunOptions = {}): Promise<Ran> {
    const none = {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      CLOUDSDK_AUTH_ACCESS_TOKEN: undefined,
    }
    return this.federate(line, { ...options, env: { ...none, ...options.env } })
  }

  async close(): Promise<void> {
    await this.#sandbox?.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** A new place with this federate.yaml; `ISSUER` in it becomes the issuer's URL on its port, by default a free one. */
export async function makePlace(yaml: string = twoServices, port?: number): Promise<Place> {
  if (!existsSync(command)) throw new Error(`${command} is missing: run \`npm run build\` first`)
  const folder = await mkdtemp(join(tmpdir(), 'federate-test-'))
  const place = new Place(folder, port ?? (await freePort()))
  await place.write('federate.yaml', yaml.replaceAll('ISSUER', place.issuer))
  return place
}

export const account = '123456789012'

/** The beginning of a federate.yaml with one service: what it wants, indented by four, comes next. */
export const billingAlone = `version: 1
owner: acme
issuers:
  main: { url: ISSUER, kind: keycloak }
services:
  billing:
    auth: { method: client_secret_basic, secret: { file: secrets/billing } }
`

export const twoServices = `${billingAlone}    claims: { environment: production }
    targets:
      s3: { cloud: aws, account: "${account}", role: billing, policies: [arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess] }
  reporting:
    auth: { method: private_key_jwt, key: { file: secrets/reporting.pem } }
    targets:
      s3: { cloud: aws, account: "${account}", role: reporting }
apis:
  orders: { audience: api://orders, roles: [reader] }
`

export function runFederate(args: readonly string[], cwd: string, options: RunOptions = {}): Promise<Ran> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(AWS|AZURE|CLOUDSDK|FEDERATE|GOOGLE)_|^NODE_/.test(name),
  )
  const env = { ...Object.fromEntries(inherited), ...options.env }
  const child = spawn(process.execPath, [command, ...args], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  // Whoever is refused for its flags ends without reading.
  child.stdin.on('error', () => undefined).end(options.input ?? '')
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  options.during?.(child)
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ status: code ?? (signal === null ? 1 : 128), stdout, stderr }))
  })
}
