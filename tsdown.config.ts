import { readFileSync } from 'node:fs'
import { defineConfig, type UserConfig } from 'tsdown'
import { notices } from './scripts/notices.ts'

/** The doors of a library are its development exports; `publishConfig.exports` names the same under dist, but for test kits. */
function doors(directory: string): string[] {
  const manifest: { exports: Record<string, string> } = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8'))
  return Object.values(manifest.exports).filter((target) => /(?<!test-kit)\.ts$/.test(target))
}

// One output file per source file: who reads node_modules finds the package as it was written.
function library(name: string): UserConfig {
  const cwd = `packages/${name}`
  return {
    name,
    cwd,
    entry: doors(cwd),
    root: 'src',
    tsconfig: '../../tsconfig.json',
    platform: 'node',
    target: 'node22',
    format: 'esm',
    fixedExtension: false,
    unbundle: true,
    dts: { generator: 'tsgo' },
    deps: { neverBundle: true },
    checks: { pluginTimings: false },
  }
}

/**
 * Turns what is left of `import('node:http')` in the bundle (the AWS SDK has some) into `require`: the ES module form
 * reads the module's export names, which loads undici.
 */
const builtinsByRequire = {
  name: 'builtins-by-require',
  renderChunk: (code: string) => code.replace(/\bimport\((["']node:[\w/]+["'])\)/g, 'Promise.resolve(require($1))'),
}

/** What starts before the first request is in few files: to find, read and check one more takes a quarter of a millisecond. */
const chunks: readonly (readonly [string, RegExp])[] = [
  ['main', /cli[\\/]src[\\/]main\.ts$/],
  ['turn', /cli[\\/]src[\\/]answers[\\/]turn\.ts$/],
  ['service', /cli[\\/]src[\\/](reported|terminal|credential-flags|service|token-source|context)\.ts$/],
  ['everyday', /cli[\\/]src[\\/]everyday\.ts$/],
  ['run', /cli[\\/]src[\\/]run\.ts$/],
  ['sts', /client-sts[\\/]dist-es[\\/]index\.js$/],
]

// CommonJS because an ESM import of node:https loads undici; a chunk per dynamic import because a command loads only its own.
const command: UserConfig = {
  name: 'cli',
  cwd: 'packages/cli',
  entry: 'src/main.ts',
  tsconfig: '../../tsconfig.json',
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  hash: false,
  banner: ({ fileName }) => (fileName === 'main.cjs' ? '#!/usr/bin/env node' : undefined),
  dts: false,
  // kerberos: what reaches proxies for @azure/identity looks for it, and does without where it is not installed.
  deps: { alwaysBundle: /^(?!kerberos$)[^.]/, onlyBundle: false, onlyImport: ['kerberos'] },
  outputOptions: {
    // Else the helpers land in some command's chunk, and the entry loads that chunk for them.
    codeSplitting: {
      groups: [
        { name: 'runtime', test: /rolldown.runtime/, priority: 100 },
        ...chunks.map(([name, test], index) => ({
          name,
          test,
          priority: 90 - index,
          includeDependenciesRecursively: true,
        })),
      ],
    },
  },
  inputOptions: { resolve: { mainFields: ['module', 'main'] } },
  plugins: [notices('packages/cli/NOTICE'), builtinsByRequire],
  failOnWarn: true,
  checks: { pluginTimings: false },
}

export default defineConfig([
  ...['core', 'keycloak', 'aws', 'gcp', 'azure', 'verify', 'agent', 'sandbox'].map(library),
  command,
])
