import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export const root = join(import.meta.dirname, '../..')

/** One import or re-export, as written. */
export interface Import {
  readonly specifier: string
  /** `import type` and `export type … from`: gone at run time. */
  readonly typeOnly: boolean
  /** `import('…')`: loaded when first used. */
  readonly dynamic: boolean
}

/** Every source file of the packages, tests included, relative to the root and with forward slashes. */
export function sourceFiles(): string[] {
  return globSync('packages/*/src/**/*.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/'))
}

/** Tests, and what only tests import: `x.test.ts`, `x.test-kit.ts`, `test-support.ts`. */
export function isTest(file: string): boolean {
  return /[/.]test(?:-\w+)?\.ts$/.test(file)
}

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

// What stands between the keyword and `from` is names, commas and braces: no other statement fits in.
const declaration = /^(?:import|export)\s+(?<type>type\s+)?(?:[\w$*\s{},]+?\sfrom\s+)?'(?<specifier>[^']+)'/gm
const expression = /\bimport\('(?<specifier>[^']+)'\)/g

export function importsOf(text: string): Import[] {
  const declared = [...text.matchAll(declaration)].map(({ groups }) => ({
    specifier: groups?.['specifier'] ?? '',
    typeOnly: groups?.['type'] !== undefined,
    dynamic: false,
  }))
  const loaded = [...text.matchAll(expression)].map(({ groups }) => ({
    specifier: groups?.['specifier'] ?? '',
    typeOnly: false,
    dynamic: true,
  }))
  return [...declared, ...loaded]
}

/** The source file behind an import, or undefined where it leads out of the workspace. */
function resolveImport(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return relative(root, join(root, dirname(from), specifier)).replaceAll('\\', '/')
  const [, name, door] = /^@federate\/([^/]+)(\/.+)?$/.exec(specifier) ?? []
  if (name === undefined) return undefined
  const manifest: { exports: Record<string, string> } = JSON.parse(read(`packages/${name}/package.json`))
  const target = manifest.exports[`.${door ?? ''}`]
  if (target === undefined) throw new Error(`${from} imports ${specifier}, which is no door of its package.`)
  return `packages/${name}/${target.slice(2)}`
}

/** What is loaded at once when a file is imported: source files, and packages and built-ins by name. */
export function reachableFrom(entry: string): Set<string> {
  const seen = new Set<string>()
  const waiting = [entry]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const { specifier, typeOnly, dynamic } of file.endsWith('.ts') ? importsOf(read(file)) : []) {
      if (!typeOnly && !dynamic) waiting.push(resolveImport(file, specifier) ?? specifier)
    }
  }
  return seen
}

/** The code without its comments and the contents of its strings. */
export function withoutText(source: string): string {
  const text = /\/\*[\s\S]*?\*\/|\/\/.*$|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/gm
  return source.replaceAll(text, "''")
}
