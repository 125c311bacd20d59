import type { Outcome } from '@federate/core'

/** What the command's exit status says; part of its contract. */
export const exitStatus = {
  done: 0,
  failed: 1,
  /** `plan` and `status`: what is wanted and what is there differ. */
  differences: 2,
  /** An issuer or a cloud said no. */
  refused: 3,
  unreachable: 4,
  /** As BSD's sysexits: the command was used wrongly. */
  usage: 64,
  /** `exec`: federate itself failed, before the command was started; as `env` and `timeout` have it. */
  notRun: 125,
  /** `exec`: the command is there and cannot be run. */
  notExecutable: 126,
  /** `exec`: there is no such command. */
  notFound: 127,
  /** As shells do: 128 and the number of SIGINT. */
  interrupted: 130,
} as const

export function statusOf(outcome: Outcome): number {
  return exitStatus[outcome]
}
