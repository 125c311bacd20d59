export interface Interrupts {
  /** Aborted by the first Ctrl-C or SIGTERM: finish what is under way, start nothing new. */
  readonly stop: AbortSignal
  /** Aborted by the second: end now. */
  readonly abort: AbortSignal
}

/** Runs `task` with signals that follow SIGINT and SIGTERM, instead of dying in the middle of a write. */
export async function interruptible<T>(
  task: (interrupts: Interrupts) => Promise<T>,
  onFirst: () => void = () => {},
): Promise<T> {
  const stop = new AbortController()
  const abort = new AbortController()
  const handle = () => {
    if (stop.signal.aborted) return abort.abort()
    onFirst()
    stop.abort()
  }
  process.on('SIGINT', handle)
  process.on('SIGTERM', handle)
  try {
    return await task({ stop: stop.signal, abort: abort.signal })
  } finally {
    process.off('SIGINT', handle)
    process.off('SIGTERM', handle)
  }
}
