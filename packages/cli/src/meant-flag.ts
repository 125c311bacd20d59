import { nearest } from '@federate/core'
import type { Command } from 'commander'

/**
 * The flag that was probably meant by an unknown one, where commander does not say so itself: it compares `--flag=value` as
 * a whole.
 */
export function meantFlag(program: Command, args: readonly string[], message: string): string | undefined {
  const [, unknown] = /unknown option '(--[\w-]+)='?/.exec(message) ?? []
  if (unknown === undefined || message.includes('Did you mean')) return undefined
  const command = verbs(program, args).at(-1) ?? program
  return nearest(
    unknown,
    [...command.options, ...program.options].flatMap(({ long }) => long ?? []),
  )
}

/** How to get the help of the verb that a command line begins with. */
export function helpOf(program: Command, args: readonly string[]): string {
  return [program, ...verbs(program, args)]
    .map((one) => one.name())
    .join(' ')
    .concat(' --help')
}

/** The verbs that a command line begins with. */
function verbs(program: Command, args: readonly string[]): readonly Command[] {
  const found: Command[] = []
  for (const word of args) {
    const next = (found.at(-1) ?? program).commands.find((one) => one.name() === word)
    if (next === undefined) break
    found.push(next)
  }
  return found
}
