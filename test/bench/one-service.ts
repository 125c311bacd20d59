import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { portOf } from './measure.ts'

const servers = fileURLToPath(new URL('fleet-servers.ts', import.meta.url))

/** A service file as `setup` writes it, for the servers at `base`; its secret is beside it. */
export function serviceFile(base: string, service: string): string {
  const target = {
    cloud: 'aws',
    roleArn: `arn:aws:iam::123456789012:role/${service}`,
    audience: 'sts.amazonaws.com',
    subject: `service-account-${service}`,
    durationSeconds: 3600,
  }
  return JSON.stringify({
    version: 1,
    service,
    issuer: { url: `${base}/realms/bench`, kind: 'keycloak' },
    clientId: service,
    auth: { method: 'client_secret_basic', secret: { file: 'secret' } },
    targets: { s3: target },
  })
}

/** A folder with one service, and an issuer and STS for it. */
export interface OneService {
  readonly folder: string
  readonly file: string
  readonly env: Readonly<Record<string, string>>
  /** Requests to the issuer and STS since this was last asked. */
  requests(): Promise<number>
  /** Removes what is kept, so that the next start is a cold one. */
  forget(): void
  close(): void
}

export async function oneService(): Promise<OneService> {
  const folder = mkdtempSync(join(tmpdir(), 'federate-bench-'))
  const child: ChildProcess = spawn(process.execPath, [servers], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.stdout === null) throw new Error('the servers have no standard output')
  const base = `http://127.0.0.1:${await portOf(child.stdout)}`
  const file = join(folder, 'billing.federate.json')
  writeFileSync(file, serviceFile(base, 'billing'))
  writeFileSync(join(folder, 'secret'), 'secret', { mode: 0o600 })
  return {
    folder,
    file,
    env: { AWS_ENDPOINT_URL_STS: base, AWS_REGION: 'us-east-1', CACHE_DIRECTORY: join(folder, 'cache') },
    requests: async () => {
      const counts: number[] = JSON.parse(await (await fetch(`${base}/counts`)).text())
      return counts.reduce((sum, count) => sum + count, 0)
    },
    forget: () => rmSync(join(folder, 'cache', 'credentials'), { recursive: true, force: true }),
    close: () => {
      child.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
