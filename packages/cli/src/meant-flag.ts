import { nearest } from '@federate/core'
import type { Command } from 'commander'

/**
 * The flag that was probably meant by an unknown one, where commander does not say so itself: it compares `--flag=value` as
 * a whole.
 */
export function meantFlag(program: Command, args: readonly string[], message: string): string | undefined {
  const [, unknown] = /unknown option '(--[\w-]+)='?/.exec(message) ?? []
  if (unknown === undefined || message.includes('Did you mean')) return undefined
  let command = program
  for (const word of args) {
    const next = command.commands.find((one) => one.name() === word)
    if (next === undefined) break
    command = next
  }
  return nearest(
    unknown,
    [...command.options, ...program.options].flatMap(({ long }) => long ?? []),
  )
}
