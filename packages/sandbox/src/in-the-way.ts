import { isLoopbackHost } from '@federate/core'

/**
 * Whether a variable must not reach programs in the sandbox. An entry that ends with `*` stands for all names that begin
 * so, but for values that name a place on this machine: what somebody serves here beside the sandbox stays in reach.
 */
export function isInTheWay(entries: readonly string[], name: string, value: string | undefined): boolean {
  return entries.some((entry) =>
    entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) && !isHere(value) : name === entry,
  )
}

function isHere(value: string | undefined): boolean {
  const url = URL.parse(value ?? '')
  return url !== null && isLoopbackHost(url.hostname)
}
