import { reportFailure } from './failure.ts'
import type { Terminal } from './terminal.ts'

/**
 * Does a command's work and gives its exit status; a failure is printed, and where it happened if that was asked for.
 *
 * @param args the command line, without `--trace`
 * @param traced whether `--trace` was given; `FEDERATE_TRACE` says the same
 */
export async function reported(
  work: () => Promise<number>,
  args: readonly string[],
  terminal: Terminal,
  traced = false,
): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if ((traced || terminal.env['FEDERATE_TRACE'] !== undefined) && error instanceof Error)
      terminal.note(traceOf(error))
    return reportFailure(error, asked(args), terminal, args.includes('--json'))
  }
}

/** The words of the command line up to the first option: what was asked, without values that might be private. */
export function asked(args: readonly string[]): string {
  const end = args.findIndex((argument) => argument.startsWith('-'))
  return (end === -1 ? args : args.slice(0, end)).join(' ')
}

/** The stack of an error and of its causes; messages are redacted where the errors were made. */
function traceOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${traceOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
