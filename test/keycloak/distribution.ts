import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface DistributionOptions {
  readonly version: string
  /** Where everything is served, `/` or `/auth`: Keycloak fixes it when it is built. */
  readonly relativePath: string
  /** Whether the https listener asks clients for certificates; fixed when it is built, too. */
  readonly clientCertificates?: boolean
}

/** The folder of an unpacked, built Keycloak. Fetched and built at most once per version and build options. */
export async function keycloakHome(options: DistributionOptions): Promise<string> {
  const buildArguments = ['--db=dev-file', '--health-enabled=true', `--http-relative-path=${options.relativePath}`]
  if (options.clientCertificates === true) buildArguments.push('--https-client-auth=request')
  const key = createHash('sha256').update(buildArguments.join(' ')).digest('hex').slice(0, 8)
  return once(`keycloak-${options.version}-${key}`, async (folder) => {
    const archive = await distributionArchive(options.version)
    await run('tar', ['-xzf', archive, '-C', folder, '--strip-components=1'])
    await run(join(folder, 'bin', 'kc.sh'), ['build', ...buildArguments], { maxBuffer: 16 * 1024 * 1024 })
  })
}

async function distributionArchive(version: string): Promise<string> {
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
async function once(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
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
