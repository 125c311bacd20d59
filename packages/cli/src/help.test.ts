import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { cloudNames, loadCloud } from './clouds.ts'
import { credentialWords } from './credential-flags.ts'
import { FakeTerminal } from './fake-terminal.test-kit.ts'
import { buildProgram } from './program.ts'
import { run } from './run.ts'

/** The words of every command, groups of commands included. */
function pathsOf(command: Command, words: readonly string[] = []): (readonly string[])[] {
  return [words, ...command.commands.flatMap((one) => pathsOf(one, [...words, one.name()]))]
}

const program = buildProgram([], '1.2.3', new FakeTerminal(), () => undefined)

async function helpOf(words: readonly string[]): Promise<string> {
  const terminal = new FakeTerminal()
  expect(await run([...words, '--help'], '1.2.3', terminal)).toBe(0)
  expect(terminal.stderr).toBe('')
  return terminal.stdout
}

describe('help', () => {
  it.each(pathsOf(program).map((words) => [words.join(' '), words] as const))(
    'of `federate %s` ends with examples and what the exit status says',
    async (_, words) => {
      expect(await helpOf(words)).toMatch(/\nExamples:\n(?: {2}\$ \S.*\n)+\nExit status: .*\d.*\.\n$/)
    },
  )

  it.each(cloudNames)('names the formats of credentials for %s, as its package knows them', async (name) => {
    const { formats, handOverFormat } = await loadCloud(name)
    expect(new Set(credentialWords[name].formats)).toEqual(new Set([...formats, handOverFormat ?? formats[0]]))
    expect(credentialWords[name].formats[0]).toBe(formats[0])
    const [first = '', ...others] = credentialWords[name].formats
    const help = (await helpOf(['credentials', name])).replace(/\s+/g, ' ')
    expect(help).toContain(`how to print them: ${[`${first} (default)`, ...others].join(', ')}`)
  })
})
