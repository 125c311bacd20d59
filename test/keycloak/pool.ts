import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { TestProject } from 'vitest/node'
import { isKeycloakVersion, type KeycloakVersion, keycloakHome } from './distribution.ts'
import { type RunningKeycloak, startKeycloak } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files borrow a Keycloak: `borrow.ts` asks there. */
    readonly keycloakPool: string
  }
}

/**
 * Keycloak servers that test files borrow one after the other.
 *
 * A start takes ten seconds of both cores, and what has just started answers several times slower than what has run for a
 * while. Nobody shares a server: it is one file's until that gives it back.
 */
class KeycloakPool {
  readonly #homes = new Map<KeycloakVersion, Promise<string>>()
  readonly #servers = new Map<string, { readonly version: KeycloakVersion; readonly server: RunningKeycloak }>()
  readonly #free: string[] = []

  /** Builds it before anybody starts it: two who start the first one at the same time would both build. */
  home(version: KeycloakVersion): Promise<string> {
    const home = this.#homes.get(version) ?? keycloakHome(version)
    this.#homes.set(version, home)
    return home
  }

  async lend(version: KeycloakVersion): Promise<string> {
    const free = this.#free.find((url) => this.#servers.get(url)?.version === version)
    if (free !== undefined) {
      this.#free.splice(this.#free.indexOf(free), 1)
      return free
    }
    await this.home(version)
    const server = await startKeycloak({ version })
    this.#servers.set(server.url, { version, server })
    return server.url
  }

  takeBack(url: string): void {
    this.#free.push(url)
  }

  /** For tests of what happens meanwhile. */
  async control(url: string, what: 'stop' | 'kill' | 'start'): Promise<void> {
    await this.#servers.get(url)?.server[what]()
  }

  /** Nobody needs what they have: they are killed, which is quicker. */
  async close(): Promise<void> {
    const ended = [...this.#servers.values()].map(async ({ server }) => {
      await server.kill()
      await server.close()
    })
    await Promise.all(ended)
  }
}

const pool = new KeycloakPool()
const server: Server = createServer((request, response) => {
  answer(request).then(
    (text) => response.end(text),
    (error: unknown) => refuse(response, error),
  )
})

/** `/home/26.7.4`, `/lend/26.7.4`; of one that is lent: `/stop/<url>`, `/kill/<url>`, `/start/<url>`, `/return/<url>`. */
async function answer(request: IncomingMessage): Promise<string> {
  const [, verb, encoded = ''] = (request.url ?? '').split('/')
  const what = decodeURIComponent(encoded)
  if (verb === 'return') pool.takeBack(what)
  if (verb === 'stop' || verb === 'kill' || verb === 'start') await pool.control(what, verb)
  if (verb !== 'home' && verb !== 'lend') return ''
  if (!isKeycloakVersion(what)) throw new Error(`No test knows Keycloak ${what}.`)
  return verb === 'home' ? pool.home(what) : pool.lend(what)
}

function refuse(response: ServerResponse, error: unknown): void {
  response.statusCode = 500
  response.end(error instanceof Error ? error.message : String(error))
}

export async function setup(project: TestProject): Promise<void> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The pool has no port.')
  project.provide('keycloakPool', `http://127.0.0.1:${address.port}`)
}

export async function teardown(): Promise<void> {
  server.close()
  await pool.close()
}
