import type { Seconds } from './units.ts'

/** Waits for `work`, or rejects with the signal's reason as soon as it is aborted. The work itself goes on. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    // Signals outlive single calls: a listener left behind would hold on to every one of them.
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/**
 * Runs `work` with a signal that is aborted when one of these is. `AbortSignal.any` would hold on to each signal that
 * somebody listened to, for as long as the longest of these lives.
 */
export async function withSignals<T>(
  signals: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const listeners = signals.map((signal) => ({ signal, abort: () => controller.abort(signal.reason) }))
  for (const { signal, abort } of listeners) {
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
  }
  try {
    return await work(controller.signal)
  } finally {
    for (const { signal, abort } of listeners) signal.removeEventListener('abort', abort)
  }
}

export interface Deadline {
  /** The caller's own signal. */
  readonly signal?: AbortSignal | undefined
  readonly timeout: Seconds
  /** What the work is aborted with when the time is over. */
  readonly reason: () => Error
}

/**
 * Runs `work` with a signal that is aborted by the caller or when the time is over, whichever is first; then the promise
 * rejects even if the work does not listen.
 */
export async function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>, deadline: Deadline): Promise<T> {
  deadline.signal?.throwIfAborted()
  const controller = new AbortController()
  const abort = () => controller.abort(deadline.signal?.reason)
  deadline.signal?.addEventListener('abort', abort, { once: true })
  const timer = setTimeout(() => controller.abort(deadline.reason()), deadline.timeout * 1000)
  try {
    return await orAborted(work(controller.signal), controller.signal)
  } finally {
    clearTimeout(timer)
    deadline.signal?.removeEventListener('abort', abort)
  }
}
