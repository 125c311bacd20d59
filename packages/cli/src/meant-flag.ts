import { nearest } from '@federate/core'
import type { Command } from 'commander'

/**
 * The flag that was probably meant by an unknown one. Commander says so itself, but not of `--flag=value`, which it compares
 * as a whole.
 */
export function meantFlag(program: Command, args: readonly string[], message: string): string | undefined {
  const [, unknown] = /unknown option '(--[\w-]+)='?/.exec(message) ?? []
  if (unknown === undefined) return undefined
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
