import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const maxBuffer = 16 * 1024 * 1024

export type KeycloakVersion = '26.7.4' | '26.0.8'

/** Whether tests know this version. */
export function isKeycloakVersion(text: string): text is KeycloakVersion {
  return Object.hasOwn(relativePaths, text)
}

/**
 * Where each version serves everything: Keycloak fixes it when it is built.
 *
 * A build takes longer than most tests that use it, so there is one per version, with all that any of them needs.
 */
export const relativePaths: Readonly<Record<KeycloakVersion, string>> = { '26.7.4': '/', '26.0.8': '/auth' }

const buildArguments = [
  '--db=dev-file',
  // The https listener, where there is one, asks clients for certificates; who has none is let in, too.
  '--https-client-auth=request',
  // A preview and off by default. Without a policy of the realm that wants it, it changes nothing.
  '--features=client-secret-rotation',
]

/** The administrator of every test server. */
export const bootstrapAdmin = { username: 'admin', password: 'only-for-tests' }

/** Room enough for a few realms, on machines that run other tests beside. */
export const heap = { JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m' }

/** What runs for seconds has no use for the compiler that makes code which runs for hours: half of its work is that. */
const shortLived = { JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1' }

/** A database file with nothing in it but the master realm and its administrator; making one takes most of a start. */
export const emptyDatabase = 'empty-database'

export function databaseUrl(folder: string, name: string): string {
  return `jdbc:h2:file:${join(folder, name)};NON_KEYWORDS=VALUE`
}

/** The folder of an unpacked, built Keycloak with an empty database; fetched and built once per version. */
export async function keycloakHome(version: KeycloakVersion): Promise<string> {
  const build = [...buildArguments, `--http-relative-path=${relativePaths[version]}`]
  const key = createHash('sha256')
    .update([...build, ...bootstrapArguments].join(' '))
    .digest('hex')
    .slice(0, 8)
  return once(`keycloak-${version}-${key}`, async (folder) => {
    const archive = await distributionArchive(version)
    await run('tar', ['-xzf', archive, '-C', folder, '--strip-components=1'])
    const kc = join(folder, 'bin', 'kc.sh')
    await run(kc, ['build', ...build], { maxBuffer, env: { ...process.env, ...shortLived } })
    await makeEmptyDatabase(kc, folder)
  })
}

const bootstrapArguments = [
  ...['bootstrap-admin', 'user', '--optimized', '--no-prompt'],
  ...['--username', bootstrapAdmin.username, '--password:env', 'ADMIN_PASSWORD'],
]

async function makeEmptyDatabase(kc: string, folder: string): Promise<void> {
  const env = { ...process.env, ...heap, ...shortLived, ADMIN_PASSWORD: bootstrapAdmin.password }
  await run(kc, [...bootstrapArguments, `--db-url=${databaseUrl(folder, emptyDatabase)}`], { maxBuffer, env })
}

async function distributionArchive(version: KeycloakVersion): Promise<string> {
  const folder = await once(`keycloak-${version}-archive`, async (into) => {
    await run('mvn', [
      '-q',
      'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy',
      `-Dartifact=org.keycloak:keycloak-quarkus-dist:${version}:tar.gz`,
      `-DoutputDirectory=${into}`,
    ])
  })
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tar.gz'))
  if (archive === undefined) throw new Error(`Maven left no tar.gz of Keycloak ${version} in ${folder}.`)
  return join(folder, archive)
}

/**
 * Makes a folder of the cache if it is not there. It is filled under another name and then renamed, so that a run that
 * is interrupted, or two runs at a time, never leave or see half of it.
 */
export async function once(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const cache = process.env['FEDERATE_TEST_CACHE'] ?? join(homedir(), '.cache', 'federate-test')
  const folder = join(cache, name)
  if (await exists(folder)) return folder
  await mkdir(cache, { recursive: true })
  const unfinished = await mkdtemp(`${folder}.unfinished-`)
  try {
    await fill(unfinished)
    await rename(unfinished, folder)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Somebody else was faster: theirs is as good.
    if (!(await exists(folder))) throw error
  }
  return folder
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
