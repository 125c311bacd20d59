import { type CallContext, FederateError, type HandOver, type RuntimeTarget, type TokenSource } from '@federate/core'
import type { Terminal } from './terminal.ts'

/** A target of which only the issuer's token is wanted. */
export interface HandedOver {
  readonly runtime: RuntimeTarget
  readonly audience: string | undefined
  readonly source: TokenSource
}

/**
 * Prints the issuer's token for software that exchanges it by itself, or why there is none, in that software's words.
 * Whatever happens, stderr stays empty and the status is 0: such software reads both streams as one answer.
 */
export async function handOver(
  answers: HandOver,
  find: (context: CallContext) => Promise<HandedOver>,
  context: CallContext,
  terminal: Terminal,
): Promise<void> {
  const quiet: CallContext = { ...context, warn: () => undefined }
  try {
    const { runtime, audience, source } = await find(quiet)
    const token = await source.getToken({ signal: context.signal, ...(audience === undefined ? {} : { audience }) })
    terminal.out(`${await answers.answer(token, runtime, quiet)}\n`)
  } catch (error) {
    terminal.out(`${answers.refusal(error instanceof FederateError ? error : unexpected())}\n`)
  }
}

/** What it was may hold anything, and is not ours to print. */
function unexpected(): FederateError {
  return new FederateError({
    code: 'UNEXPECTED',
    outcome: 'failed',
    problem: 'federate failed in an unexpected way.',
    next: 'Run the same command by hand with --format json to see more.',
  })
}
