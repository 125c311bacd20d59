import { FederateError } from '@federate/core'

/** For flags of which one would be ignored, or undo the other. */
export function contradiction(problem: string, next: string): FederateError {
  return new FederateError({ code: 'FLAGS_CONTRADICT', outcome: 'usage', problem, next })
}

/** For a flag that lacks another one. */
export function missing(problem: string, next: string): FederateError {
  return new FederateError({ code: 'FLAG_MISSING', outcome: 'usage', problem, next })
}

/** @param because What the other one does, as a clause. */
export function meaningless(flag: string, other: string, because: string): FederateError {
  return contradiction(`${flag} means nothing with ${other}: ${because}.`, `Leave ${flag} or ${other} out.`)
}

/** @param instead What else helps. Default: to leave the flags out. */
export function lonely(flags: readonly string[], needed: string, instead?: string): FederateError {
  const [means, them] = flags.length === 1 ? ['means', flags.join()] : ['mean', 'them']
  return missing(
    `${flags.join(', ')} ${means} something only together with ${needed}.`,
    `Add ${needed}, or ${instead ?? `leave ${them} out`}.`,
  )
}
