import type { Command } from 'commander'

/** `federate help keys issue` is `federate keys issue --help`. */
export function withHelpLast(args: readonly string[]): readonly string[] {
  const [first, ...words] = args
  return first === 'help' && words.length > 0 && !words[0]?.startsWith('-') ? [...words, '--help'] : args
}

/** A command line that asks for the help of what there is not, without asking for it: then commander says that there is none. */
export function withoutLostHelp(args: readonly string[], program: Command): readonly string[] {
  if (!args.includes('--help') && !args.includes('-h')) return args
  let command = program
  for (const [index, word] of args.entries()) {
    if (word.startsWith('-') || command.commands.length === 0) return args
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word))
    // Some verbs that have verbs of their own take other words, too.
    if (next === undefined) return command.registeredArguments.length > 0 ? args : args.slice(0, index + 1)
    command = next
  }
  return args
}
