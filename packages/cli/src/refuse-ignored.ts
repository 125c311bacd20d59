import { resolve } from 'node:path'
import type { Command } from 'commander'
import { contradiction, lonely, meaningless } from './flag-refusals.ts'
import type { FlagRule } from './flag-rules.ts'

/**
 * Refuses what a verb would ignore: a flag that is not looked at is worse than one that is refused. Only what was given
 * counts, and no default.
 *
 * @throws FederateError (usage) `FLAGS_CONTRADICT`, `FLAG_MISSING`.
 */
export function refuseIgnored(command: Command, rules: readonly FlagRule[], cwd: string): void {
  for (const rule of rules) {
    const { word } = rule
    if (!isGiven(command, word)) continue
    if ('needs' in rule) {
      if (!isGiven(command, rule.needs)) throw lonely([word], rule.needs)
    } else if ('ignoredBy' in rule) {
      const other = rule.ignoredBy.find((one) => isGiven(command, one))
      if (other !== undefined) throw meaningless(called(command, word), called(command, other), rule.because)
    } else if (isGiven(command, rule.apartFrom)) {
      const path = resolve(cwd, String(given(command, word)))
      if (path === resolve(cwd, String(given(command, rule.apartFrom)))) throw samePath(word, rule.apartFrom, path)
    }
  }
}

function isGiven(command: Command, word: string): boolean {
  const [, wanted] = word.split(' ')
  const value = given(command, word)
  return wanted === undefined ? value !== undefined : value === wanted
}

/** What stands in the command line; a list without a word counts as nothing. */
function given(command: Command, word: string): unknown {
  const [name = ''] = word.split(' ')
  const option = command.options.find(({ long }) => long === name)
  if (option !== undefined) {
    const key = option.attributeName()
    return command.getOptionValueSource(key) === 'cli' ? command.getOptionValue(key) : undefined
  }
  const index = command.registeredArguments.findIndex((argument) => `[${argument.name()}]` === name)
  const value: unknown = command.processedArgs[index]
  return Array.isArray(value) && value.length === 0 ? undefined : value
}

/** How a person calls it: an argument by what was given. */
function called(command: Command, word: string): string {
  return word.startsWith('--') ? word : `the argument ${[given(command, word)].flat().join(' ')}`
}

function samePath(one: string, other: string, path: string) {
  return contradiction(
    `${one} and ${other} both name ${path}: the one would be written over the other.`,
    'Name two files.',
  )
}
