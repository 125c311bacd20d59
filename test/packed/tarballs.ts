import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports?: Readonly<Record<string, string>>
  readonly publishConfig?: { readonly exports?: Readonly<Record<string, string>> }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** A public package as it would be published. */
export interface Tarball {
  /** The folder in the workspace. */
  readonly directory: string
  readonly file: string
  /** What the workspace's package.json says. */
  readonly source: Manifest
  /** What the tarball's package.json says. */
  readonly manifest: Manifest
  /** The paths inside, sorted, without npm's leading `package/`. */
  readonly paths: readonly string[]
}

/** Runs a tool of the workspace, or npm, and gives its standard output; throws with all it printed if it fails. */
export function run(tool: string, args: readonly string[], cwd: string): string {
  const path = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
  const env = { ...process.env, PATH: path, NO_COLOR: '1' }
  const { status, stdout, stderr, error } = spawnSync(tool, args, { cwd, encoding: 'utf8', env })
  if (status === 0) return stdout
  throw new Error(`${tool} ${args.join(' ')}: ${error?.message ?? `exit status ${status}`}\n${stdout}${stderr}`)
}

export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'federate-packed-'))
}

/** A line of the README that begins so, for another folder of tarballs than it names. */
export function lineOfReadme(beginning: string, folder: string): string {
  const lines = readFileSync(join(root, 'README.md'), 'utf8').split('\n')
  const line = lines.find((one) => one.startsWith(beginning) && one.includes('~/federate-packages'))
  if (line === undefined) throw new Error(`README.md has no line that begins with "${beginning}"`)
  return line.replace('~/federate-packages', folder)
}

/** Packs every public package of the workspace into a folder, as the README says. */
export function packAll(destination: string): Tarball[] {
  run('sh', ['-c', lineOfReadme('npx -y pnpm@12 ', destination)], root)
  return globSync(join(root, 'packages/*/package.json')).map((file) => {
    const source: Manifest = JSON.parse(readFileSync(file, 'utf8'))
    return describeTarball(join(file, '..'), source, destination)
  })
}

function describeTarball(directory: string, source: Manifest, destination: string): Tarball {
  const name = `${source.name.replace('@', '').replace('/', '-')}-${source.version}.tgz`
  const file = join(destination, basename(name))
  const listed = run('tar', ['-tzf', file], destination).trim().split('\n')
  return {
    directory,
    file,
    source,
    manifest: JSON.parse(run('tar', ['-xzOf', file, 'package/package.json'], destination)),
    paths: listed.map((path) => path.replace(/^package\//, '')).sort(),
  }
}
