/** Runs `task` for every item, at most `limit` at a time; the first failure ends it once the running ones are done. */
export async function forEachLimited<T>(
  items: readonly T[],
  limit: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const failures: unknown[] = []
  const worker = async () => {
    for (const item of queue) {
      if (failures.length > 0) return
      try {
        await task(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  if (failures.length > 0) throw failures[0]
}

/** As `forEachLimited`; gives what came of each item, in their order. */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  task: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>()
  await forEachLimited([...items.entries()], limit, async ([index, item]) => {
    results.set(index, await task(item))
  })
  return [...results].sort(([one], [other]) => one - other).map(([, result]) => result)
}
