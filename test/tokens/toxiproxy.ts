import { execFile, spawn, spawnSync } from 'node:child_process'
import { once as onceOf } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { once } from '../keycloak/distribution.ts'
import { freePorts } from '../keycloak/ports.ts'

const version = 'v2.5.0'

/** Whether Go is here, which builds toxiproxy; says loudly that it is not. @throws Error under `CI=true`. */
export function toxiproxyAvailable(env: NodeJS.ProcessEnv = process.env): boolean {
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0) return true
  const message = 'The tests of a bad network need Go, which builds toxiproxy: not found on this machine.'
  if (env['CI'] === 'true') throw new Error(`${message} Install it: under CI=true they may not be skipped.`)
  process.stderr.write(`\n!!! NOT TESTED: ${message} They are skipped.\n\n`)
  return false
}

export interface Toxic {
  readonly type: 'latency' | 'reset_peer' | 'timeout' | 'slicer' | 'limit_data' | 'bandwidth'
  readonly attributes: Readonly<Record<string, number>>
}

/** A bad network before one server: github.com/Shopify/toxiproxy, built once. */
export interface BadNetwork {
  /** Where the server is reached through it. */
  readonly port: number
  /** Replaces what is wrong with the network; nothing is by default. Toxics work on what the server answers. */
  make(...toxics: readonly Toxic[]): Promise<void>
  enable(enabled: boolean): Promise<void>
  close(): Promise<void>
}

export async function startBadNetwork(upstreamPort: number): Promise<BadNetwork> {
  const folder = await once(`toxiproxy-${version}`, async (into) => {
    await promisify(execFile)('go', ['install', `github.com/Shopify/toxiproxy/v2/cmd/server@${version}`], {
      env: { ...process.env, GOBIN: into },
    })
  })
  const [control, port] = await freePorts()
  const server = spawn(join(folder, 'server'), ['-host', '127.0.0.1', '-port', String(control)], { stdio: 'ignore' })
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`http://127.0.0.1:${control}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const said = await answer.text()
    if (!answer.ok) throw new Error(`toxiproxy answered ${method} ${path} with ${answer.status}: ${said}`)
  }
  await ready(() => call('GET', '/version'))
  const settings = { name: 'issuer', listen: `127.0.0.1:${port}`, upstream: `127.0.0.1:${upstreamPort}` }
  await call('POST', '/proxies', settings)
  const reset = () => call('POST', '/reset')
  return {
    port,
    make: async (...toxics) => {
      await reset()
      for (const toxic of toxics) await call('POST', '/proxies/issuer/toxics', { ...toxic, stream: 'downstream' })
    },
    enable: async (enabled) => {
      await call('POST', '/proxies/issuer', { ...settings, enabled })
    },
    close: async () => {
      const ended = onceOf(server, 'exit')
      server.kill()
      await ended
    },
  }
}

async function ready(ask: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask()
    } catch (cause) {
      if (attempt === 200) throw new Error('toxiproxy did not start', { cause })
      await wait(50)
    }
  }
}
