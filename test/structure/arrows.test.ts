import { describe, expect, it } from 'vitest'
import { importsOf, isTest, reachableFrom, read, sourceFiles, withoutText } from './sources.ts'

// What each package may import of the others; a door where only that door is meant.
const arrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  keycloak: ['@federate/core'],
  aws: ['@federate/core'],
  gcp: ['@federate/core'],
  azure: ['@federate/core'],
  verify: ['@federate/core'],
  agent: ['@federate/core'],
  sandbox: [
    '@federate/core',
    '@federate/keycloak',
    '@federate/aws/rules',
    '@federate/gcp/rules',
    '@federate/azure/rules',
  ],
  cli: [
    '@federate/agent',
    '@federate/core',
    '@federate/keycloak',
    '@federate/aws',
    '@federate/gcp',
    '@federate/azure',
    '@federate/verify',
    '@federate/sandbox',
  ],
}

function mayImport(name: string, specifier: string): boolean {
  return (arrows[name] ?? []).some((allowed) => specifier === allowed || specifier.startsWith(`${allowed}/`))
}

function packageOf(file: string): string {
  return file.split('/')[1] ?? ''
}

describe('importsOf', () => {
  it('reads every form of import', () => {
    const text = [
      "import { a, type B } from './one.ts'",
      "import {\n  c,\n  d,\n} from './two.ts'",
      "import type { E } from './three.ts'",
      "export { f } from './four.ts'",
      "export type { G } from './five.ts'",
      "import './six.ts'",
      "const h = await import('./seven.ts')",
      "export const from = 'eight'",
    ].join('\n')
    const found = importsOf(text).map(({ specifier, typeOnly, dynamic }) => [specifier, typeOnly, dynamic])
    expect(found).toEqual([
      ['./one.ts', false, false],
      ['./two.ts', false, false],
      ['./three.ts', true, false],
      ['./four.ts', false, false],
      ['./five.ts', true, false],
      ['./six.ts', false, false],
      ['./seven.ts', false, true],
    ])
  })
})

describe('the arrows between packages', () => {
  it('know every package', () => {
    expect([...new Set(sourceFiles().map(packageOf))].sort()).toEqual(Object.keys(arrows).sort())
  })

  it('point one way', () => {
    const wrong = sourceFiles().flatMap((file) =>
      importsOf(read(file))
        .map(({ specifier }) => specifier)
        .filter((specifier) => specifier.startsWith('@federate/') && !mayImport(packageOf(file), specifier))
        .map((specifier) => `${file} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })

  it('never leave a package by a relative path', () => {
    const wrong = sourceFiles().flatMap((file) => {
      const depth = file.split('/').length - 3
      return importsOf(read(file))
        .filter(({ specifier }) => (specifier.match(/\.\.\//g)?.length ?? 0) > depth)
        .map(({ specifier }) => `${file} imports ${specifier}`)
    })
    expect(wrong).toEqual([])
  })
})

describe('core', () => {
  it('names no cloud', () => {
    const cloudWords = new Set(['aws', 'gcp', 'azure', 'amazon', 'google', 'microsoft', 'entra', 'iam', 'sts', 'arn'])
    const wrong = sourceFiles()
      .filter((file) => packageOf(file) === 'core' && !isTest(file))
      .flatMap((file) => {
        const words = withoutText(read(file)).match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []
        return words.filter((word) => cloudWords.has(word.toLowerCase())).map((word) => `${file}: ${word}`)
      })
    expect(wrong).toEqual([])
  })
})

describe('the run-time doors', () => {
  // Each costs tens of milliseconds at start-up, and a running service needs none of them.
  const heavy = ['zod', 'yaml', '@aws-sdk/client-iam', '@azure/identity', '@federate/sandbox']
  const entries = [
    'packages/core/src/index.ts',
    'packages/keycloak/src/index.ts',
    'packages/aws/src/index.ts',
    'packages/azure/src/index.ts',
    'packages/verify/src/index.ts',
    'packages/cli/src/commands/token.ts',
    'packages/cli/src/commands/credentials.ts',
  ]

  it.each(entries)('%s loads nothing that only setup needs', (entry) => {
    const reached = reachableFrom(entry)
    expect(reached.size).toBeGreaterThan(3)
    expect(heavy.filter((name) => reached.has(name))).toEqual([])
  })
})
