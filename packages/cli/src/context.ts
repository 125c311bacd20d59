import { type CallContext, nodeFetch } from '@federate/core'
import type { Terminal } from './terminal.ts'

/** What a command gives to everything that calls out. */
export function callContext(terminal: Terminal, signal: AbortSignal): CallContext {
  return {
    signal,
    now: terminal.now,
    fetch: nodeFetch({ environment: terminal.env }),
    env: terminal.env,
    warn: (message) => terminal.note(`${terminal.style('yellow', 'warning')} ${message}`),
  }
}
