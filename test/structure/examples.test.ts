import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isTest, read, root, sourceFiles } from './sources.ts'

interface Example {
  /** The file it stands in and its line there, as a file name. */
  readonly name: string
  readonly code: string
}

// Inside the workspace, so that the examples' imports resolve as a user's would.
const folder = join(root, 'test/.cache/examples')

/** The ```ts blocks of a Markdown text. */
function fencedBlocks(file: string, text: string): Example[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => {
    const line = text.slice(0, match.index).split('\n').length
    return { name: `${file.replaceAll(/[^\w.-]/g, '_')}-line-${line}`, code: match[1] ?? '' }
  })
}

/** The ```ts blocks in the doc comments of a source file; the lines keep their numbers. */
function documentedBlocks(file: string): Example[] {
  const comments = read(file).replaceAll(/^(?!\s*(?:\/\*\*|\*)).*$/gm, '')
  return fencedBlocks(
    file,
    comments.replaceAll(/^\s*\* ?/gm, (prefix) => prefix.replaceAll(/[^\n]/g, '')),
  )
}

const pages = globSync(['README.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/*/README.md'], { cwd: root })
const examples = [
  ...pages.flatMap((file) => fencedBlocks(file, read(file))),
  ...sourceFiles()
    .filter((file) => !isTest(file))
    .flatMap(documentedBlocks),
]

function typeErrors(): string {
  try {
    return execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' })
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout)
    throw error
  }
}

describe('the examples in the guide and in doc comments', () => {
  beforeAll(() => {
    mkdirSync(folder, { recursive: true })
    for (const { name, code } of examples) writeFileSync(join(folder, `${name}.ts`), `${code}\nexport {}\n`)
    const compilerOptions = { noEmit: true, noUnusedLocals: false, noUnusedParameters: false }
    const config = { extends: '../../../tsconfig.base.json', compilerOptions, include: ['.'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  })

  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  it('are found', () => {
    expect(pages).toContain('README.md')
    expect(examples.length).toBeGreaterThan(0)
  })

  it('compile', () => {
    expect(typeErrors()).toBe('')
  })
})
