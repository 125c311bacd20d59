import { orAborted } from './abort.ts'
import type { Seconds } from './units.ts'

/** Waits; rejects with the signal's reason when aborted. Replaced in tests. */
export type Sleep = (time: Seconds, signal?: AbortSignal) => Promise<void>

/** `Sleep` by the process's timers. */
export const sleep: Sleep = async (time, signal) => {
  let timer: NodeJS.Timeout | undefined
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, time * 1000)
  })
  try {
    await orAborted(elapsed, signal)
  } finally {
    clearTimeout(timer)
  }
}
