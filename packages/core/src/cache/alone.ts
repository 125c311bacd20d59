import { monotonicNow } from '../clock.ts'
import { type Held, tryHold } from './holder.ts'

/**
 * Does a piece of work while no other process does it, by a lock beside `path`.
 *
 * Where no lock can be had, or not within `patience` milliseconds, the work is done all the same: so it should also look
 * whether somebody was faster.
 */
export async function alone<T>(path: string, patience: number, work: () => Promise<T>): Promise<T> {
  const lock = await held(path, monotonicNow() + patience)
  try {
    return await work()
  } finally {
    await lock?.release()
  }
}

async function held(path: string, deadline: number): Promise<Held | undefined> {
  for (;;) {
    const left = deadline - monotonicNow()
    const lock = left <= 0 ? undefined : await tryHold(path)
    if (lock === undefined || 'release' in lock) return lock
    await lock.gone(left)
  }
}
