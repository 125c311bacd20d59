import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { RealmDefinition } from '@federate/sandbox'
import { KeycloakAdmin } from './admin.ts'
import {
  bootstrapAdmin,
  databaseUrl,
  emptyDatabase,
  javaOptions,
  type KeycloakVersion,
  keycloakHome,
  relativePaths,
} from './distribution.ts'
import { createRealm } from './fixture.ts'
import { freePorts } from './ports.ts'

export interface KeycloakOptions {
  /** Default: 26.7.4, which serves at `/`; 26.0.8 serves at `/auth`. */
  readonly version?: KeycloakVersion
  /** Realms to make before the promise resolves. Default: none. */
  readonly realms?: readonly RealmDefinition[]
  /** Also serves https. Default: http alone. */
  readonly tls?: KeycloakTls
}

export interface KeycloakTls {
  readonly certificateFile: string
  readonly keyFile: string
  /**
   * Clients are asked for certificates of this authority. Keycloak writes what it trusts into its own folder: no two with
   * different authorities may run at a time. Default: they are not asked.
   */
  readonly clientAuthorityFile?: string
}

export interface RunningKeycloak {
  /** Base URL without a trailing slash, with the relative path: `http://127.0.0.1:8080/auth`. */
  readonly url: string
  /** The same by https; only with `tls`. */
  readonly secureUrl: string
  readonly admin: KeycloakAdmin
  issuer(realm: string): string
  /** Ends the server; realms, clients and keys stay for `start`. */
  stop(): Promise<void>
  /** As a crash does: without a word to anybody. */
  kill(): Promise<void>
  /** Starts it again on the same port. */
  start(): Promise<void>
  /** Ends the server and removes its data. */
  close(): Promise<void>
}

/** Milliseconds that a start may take: at the first one Keycloak is fetched and built. */
export const firstStart = 900_000

const database = 'keycloak'

/**
 * Starts a real Keycloak on free loopback ports, fetching and building it on first use.
 *
 * Its database is a file in a folder of its own: one in memory would lose the realms' signing keys when it is stopped,
 * and a restart would look like a key rotation.
 */
export async function startKeycloak(options: KeycloakOptions = {}): Promise<RunningKeycloak> {
  const { version = '26.7.4', tls } = options
  const home = await keycloakHome(version)
  const folder = await mkdtemp(join(tmpdir(), 'federate-keycloak-'))
  await copyFile(join(home, `${emptyDatabase}.mv.db`), join(folder, `${database}.mv.db`))
  const [port, securePort] = await freePorts()
  const prefix = relativePaths[version].replace(/\/$/, '')
  const launch = { home, folder, port, prefix, tls, securePort }
  const keycloak = runningKeycloak(launch, await launchServer(launch))
  try {
    // Each command logs in, and a hash that resists guessing is slow on purpose.
    await keycloak.admin.put('/master', { passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)' })
    for (const realm of options.realms ?? []) await createRealm(keycloak.admin, realm)
  } catch (error) {
    await keycloak.close()
    throw error
  }
  return keycloak
}

function runningKeycloak(launch: Launch, launched: ChildProcess): RunningKeycloak {
  let server = launched
  const url = `http://127.0.0.1:${launch.port}${launch.prefix}`
  const stop = () => stopServer(server)
  return {
    url,
    secureUrl: `https://localhost:${launch.securePort}${launch.prefix}`,
    admin: new KeycloakAdmin(url, bootstrapAdmin),
    issuer: (realm) => `${url}/realms/${realm}`,
    stop,
    kill: () => killServer(server),
    start: async () => {
      server = await launchServer(launch)
    },
    close: async () => {
      await stop()
      await rm(launch.folder, { recursive: true, force: true })
    },
  }
}

interface Launch {
  home: string
  folder: string
  port: number
  prefix: string
  tls: KeycloakTls | undefined
  securePort: number
}

async function launchServer(launch: Launch): Promise<ChildProcess> {
  const logFile = join(launch.folder, 'keycloak.log')
  const log = openSync(logFile, 'a')
  const server = spawn(join(launch.home, 'bin', 'kc.sh'), startArguments(launch), {
    stdio: ['ignore', log, log],
    env: {
      // Settings of a Keycloak that somebody runs here are not ours.
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KC_'))),
      ...javaOptions,
    },
  })
  closeSync(log)
  process.once('exit', () => server.kill('SIGTERM'))
  try {
    await ready(server, `http://127.0.0.1:${launch.port}${launch.prefix}/realms/master`)
  } catch (error) {
    await stopServer(server)
    const tail = (await readFile(logFile, 'utf8')).split('\n').slice(-40).join('\n')
    throw new Error(`Keycloak did not start. The end of its log:\n${tail}`, { cause: error })
  }
  return server
}

function startArguments(launch: Launch): string[] {
  return [
    'start',
    '--optimized',
    '--cache=local',
    '--http-enabled=true',
    '--hostname-strict=false',
    '--http-host=127.0.0.1',
    `--http-port=${launch.port}`,
    `--db-url=${databaseUrl(launch.folder, database)}`,
    '--log-level=info',
    ...tlsArguments(launch),
  ]
}

function tlsArguments({ tls, securePort }: Launch): string[] {
  if (tls === undefined) return []
  return [
    `--https-port=${securePort}`,
    `--https-certificate-file=${tls.certificateFile}`,
    `--https-certificate-key-file=${tls.keyFile}`,
    ...(tls.clientAuthorityFile === undefined ? [] : [`--truststore-paths=${tls.clientAuthorityFile}`]),
  ]
}

async function ready(server: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + 240_000
  while (Date.now() < deadline) {
    if (server.exitCode !== null || server.signalCode !== null) throw new Error(`kc.sh ended with ${server.exitCode}.`)
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 0,
    )
    if (status === 200) return
    await wait(250)
  }
  throw new Error(`${url} was not ready within four minutes.`)
}

/** kc.sh is a shell around Java; it hands SIGTERM on, waits, and ends when Java has ended. */
async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  await ended
}

/** Java itself is killed, too: where kc.sh is a shell around it, that cannot hand it on. */
async function killServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  const children = spawnSync('pgrep', ['-P', String(server.pid)], { encoding: 'utf8' }).stdout.match(/\d+/g) ?? []
  for (const pid of children) killIfAlive(Number(pid))
  server.kill('SIGKILL')
  await ended
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
