import { readFileSync } from 'node:fs'
import { defineConfig, type Rolldown, type UserConfig } from 'tsdown'
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

/**
 * Writes the few characters beyond ASCII as escapes: one of them makes Node keep the text of the whole file in two bytes a
 * character. Not where a text is taken raw.
 */
const inAscii: Rolldown.Plugin = {
  name: 'in-ascii',
  // Later than `renderChunk`: what prints the bundle after that writes characters and not escapes.
  generateBundle: (_options, bundle) => {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk' || file.code.includes('String.raw')) continue
      file.code = file.code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    }
  },
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
    comments: { jsdoc: false },
    codeSplitting: {
      groups: chunks.map(([name, test], index) => ({
        name,
        test,
        // What the first ones need does not move into the later ones.
        priority: chunks.length - index,
        includeDependenciesRecursively: true,
      })),
    },
  },
  inputOptions: { resolve: { mainFields: ['module', 'main'] } },
  plugins: [notices('packages/cli/NOTICE'), builtinsByRequire, inAscii],
  failOnWarn: true,
  checks: { pluginTimings: false },
}

export default defineConfig([
  ...['core', 'keycloak', 'aws', 'gcp', 'azure', 'verify', 'agent', 'sandbox'].map(library),
  command,
])
