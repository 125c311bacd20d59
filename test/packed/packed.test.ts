import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emptyFolder, lineOfReadme, packAll, root, run, type Tarball } from './tarballs.ts'

const folders = { tarballs: emptyFolder(), command: emptyFolder(), libraries: emptyFolder() }
const publicNames = [
  '@federate/agent',
  '@federate/aws',
  '@federate/azure',
  '@federate/core',
  '@federate/gcp',
  '@federate/keycloak',
  '@federate/sandbox',
  '@federate/verify',
  'federate',
]
const typesOfNode = '@types/node@24.0.0'

let tarballs: readonly Tarball[] = []
const libraries = () => tarballs.filter(({ source }) => source.exports !== undefined)
const command = () => tarballs.filter(({ source }) => source.name === 'federate')

function install(folder: string, line: string): void {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  run('sh', ['-c', `${line} --no-audit --no-fund --loglevel=error`], folder)
}

beforeAll(() => {
  tarballs = packAll(folders.tarballs)
})

afterAll(() => {
  for (const folder of Object.values(folders)) rmSync(folder, { recursive: true })
})

describe('every tarball', () => {
  it('is one of the public packages, and none is missing', () => {
    expect(tarballs.map(({ manifest }) => manifest.name).sort()).toEqual(publicNames)
  })

  it('names released versions only', () => {
    for (const { manifest } of tarballs) expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:/)
  })

  it('has nothing for publint to say', () => {
    for (const { file } of tarballs) expect(run('publint', ['--strict', file], root)).toContain('All good!')
  })
})

describe('the tarball of a library', () => {
  it('holds the licence, the manifest, a README and what its sources became, and nothing else', () => {
    for (const { directory, paths } of libraries()) {
      const stray = paths.filter((path) => {
        const module = /^dist\/(.+)\.(?:d\.ts|js)$/.exec(path)?.[1]
        return module === undefined || module.endsWith('.test') || !existsSync(join(directory, 'src', `${module}.ts`))
      })
      expect(stray).toEqual(['LICENSE', 'README.md', 'package.json'])
    }
  })

  it('has the same doors as in development but for test kits, each with its types', () => {
    for (const { source, manifest, paths } of libraries()) {
      const built = Object.entries(source.exports ?? {})
        .filter(([door]) => door !== './test-kit')
        .map(([door, target]) => [door, target.replace('./src/', './dist/').replace(/\.ts$/, '.js')])
      expect(manifest.exports).toEqual(Object.fromEntries(built))
      const modules = Object.values(manifest.exports ?? {}).filter((target) => target.endsWith('.js'))
      const types = modules.map((target) => target.slice(2).replace(/\.js$/, '.d.ts'))
      expect(paths).toEqual(expect.arrayContaining(types))
    }
  })

  it('resolves with its types for ESM consumers', () => {
    for (const { file } of libraries()) {
      const report = run('attw', [file, '--profile', 'esm-only', '--no-emoji'], root)
      expect(report).toContain('node16 (from ESM)')
    }
  })

  it('runs and type-checks at every door, installed by npm in an empty folder', () => {
    const peers = libraries().flatMap(({ manifest }) => Object.entries(manifest.peerDependencies ?? {}))
    const others = [typesOfNode, ...peers.map(([name, range]) => `${name}@${range}`)]
    install(folders.libraries, `${lineOfReadme('npm install ', folders.tarballs)} ${others.join(' ')}`)
    const doors = libraries().flatMap(({ manifest }) =>
      Object.keys(manifest.exports ?? {})
        .filter((door) => door !== './package.json')
        .map((door) => manifest.name + door.slice(1)),
    )
    const names = doors.map((_, index) => `door${index}`)
    const imports = doors.map((door, index) => `import * as door${index} from '${door}'`)
    const script = [...imports, `console.log([${names}].filter((door) => Object.keys(door).length > 0).length)`]
    writeFileSync(join(folders.libraries, 'consumer.mjs'), script.join('\n'))
    writeFileSync(join(folders.libraries, 'consumer.mts'), script.join('\n'))

    expect(run('node', ['consumer.mjs'], folders.libraries)).toBe(`${doors.length}\n`)
    const strict = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--lib',
      'es2023',
      '--types',
      'node',
    ]
    expect(run('tsc', [...strict, 'consumer.mts'], folders.libraries)).toBe('')
  })
})

describe('the tarball of the command', () => {
  it('holds the licence, the notices, the manifest and the bundle, and nothing else', () => {
    for (const { paths } of command()) {
      expect(paths.filter((path) => !/^dist\/[^/]+\.cjs$/.test(path))).toEqual([
        'LICENSE',
        'NOTICE',
        'README.md',
        'package.json',
      ])
    }
  })

  it('runs without a single dependency, installed by npm in an empty folder', () => {
    const [tarball] = command()
    install(folders.command, `npm install ${tarball?.file}`)
    expect(tarball?.manifest.dependencies).toBeUndefined()
    expect(run('npm', ['ls', '--all', '--parseable'], folders.command).trim().split('\n')).toHaveLength(2)
    expect(run('npx', ['federate', '--version'], folders.command)).toBe(`${tarball?.manifest.version}\n`)
    expect(run('npx', ['federate', '--help'], folders.command)).toContain('Usage: federate')
  })

  it('starts without loading undici, which would double its start-up', () => {
    const probe =
      "process.on('exit', () => console.error(process.moduleLoadList.filter((name) => name.includes('undici'))))"
    writeFileSync(join(folders.command, 'probe.cjs'), probe)
    const main = 'node_modules/federate/dist/main.cjs'
    for (const option of ['--version', '--help']) {
      const shell = `node --require ./probe.cjs ${main} ${option} 2>&1 >/dev/null`
      expect(run('sh', ['-c', shell], folders.command)).toBe('[]\n')
    }
  })
})
