import { globSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FakeTerminal } from '../../packages/cli/src/fake-terminal.test-kit.ts'
import { buildProgram } from '../../packages/cli/src/program.ts'
import { isTest, read, root, sourceFiles } from './sources.ts'

const program = buildProgram([], '0.0.0', new FakeTerminal(), () => undefined)
type Command = typeof program

/** Command lines of federate as they stand in code spans and blocks, each up to where another one begins. */
function linesIn(text: string): string[] {
  const code = [...text.matchAll(/```sh\n(.*?)```/gs), ...text.replace(/```.*?```/gs, '').matchAll(/`([^`\n]+)`/g)]
  const joined = code.flatMap(([, block = '']) => block.replace(/ *\\\n */g, ' ').split('\n'))
  return joined.flatMap((line) =>
    [...line.matchAll(/(?<=^|[\s("'])federate (?=[a-z-])([^|;&#)"'`]*)/g)].map(([, rest = '']) => rest),
  )
}

/** Code spans in the texts of a program: escaped where the text itself is a template. */
function spansIn(source: string): string {
  const escaped = [...source.matchAll(/\\`(federate [^`\\]+)\\`/g)]
  const quoted = [...source.matchAll(/(?:'[^'`\n]*|"[^"`\n]*)`(federate [^`]+)`/g)]
  const spans = [...escaped, ...quoted].map(([, span = '']) => `\`${span.replace(/\$\{[^}]*\}/g, 'aws')}\``)
  return spans.join('\n')
}

/** What is wrong with a command line: an unknown verb, or a flag that the verb does not have. */
function faultOf(line: string): string | undefined {
  const words = line.trim().split(/\s+/)
  let command: Command = program
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word)
    if (next === undefined) break
    command = next
  }
  if (command === program && !words[0]?.startsWith('-')) return `no verb: ${line}`
  const end = words.indexOf('--')
  const own = end === -1 ? words : words.slice(0, end)
  const known = new Set([...command.options, ...program.options].flatMap(({ long, short }) => [long, short]))
  const unknown = own.find((word) => /^--?[a-z]/.test(word) && word !== '--help' && !known.has(word.replace(/=.*/, '')))
  return unknown === undefined ? undefined : `no flag ${unknown}: ${line}`
}

const faults = (text: string) => linesIn(text).flatMap((line) => faultOf(line) ?? [])

describe('commands that people are told to run', () => {
  it('are found, and judged', () => {
    expect(linesIn('```sh\nfederate token --raw | federate explain aws --token-file -  # x\n```')).toHaveLength(2)
    expect(faults('`federate cure` and `federate plan --prunes` and `federate exec b -- ls --all`')).toEqual([
      'no verb: cure',
      'no flag --prunes: plan --prunes',
    ])
    expect(faults(spansIn("next: 'Run `federate cure` first.',"))).toEqual(['no verb: cure'])
    expect(faults(spansIn('next: `federate is told: run \\`federate lend x\\`.`'))).toEqual(['no verb: lend x'])
  })

  const pages = globSync(
    '{README.md,SECURITY.md,CONTRIBUTING.md,docs/*.md,packages/*/README.md,examples/*/README.md}',
    {
      cwd: root,
    },
  )
  it.each(pages)('exist: %s', (page) => {
    expect(faults(read(page))).toEqual([])
  })

  it('exist: messages of the packages', () => {
    const wrong = sourceFiles()
      .filter((file) => !isTest(file))
      .flatMap((file) => faults(spansIn(read(file))).map((fault) => `${file}: ${fault}`))
    expect(wrong).toEqual([])
  })
})

describe('links between pages', () => {
  const pages = globSync('{*.md,docs/*.md,packages/*/README.md,examples/*/README.md}', { cwd: root })
  it.each(pages)('lead somewhere: %s', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target)
    const folder = page.includes('/') ? page.slice(0, page.lastIndexOf('/')) : '.'
    const missing = links.filter((link) => globSync(`${folder}/${link}`, { cwd: root }).length === 0)
    expect(missing).toEqual([])
  })
})
