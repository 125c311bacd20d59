import { chown } from 'node:fs/promises'
import { afterEach, beforeEach } from 'vitest'

/** The user without rights, by the number that every Linux gives it. */
const nobody = 65_534

/**
 * To be called where tests are described: they run as a user without rights, also where root runs the tests, as it does in
 * most containers.
 *
 * @param folder what that user may write to
 */
export function asNobody(folder: () => string): void {
  if (process.geteuid?.() !== 0) return
  beforeEach(async () => {
    await chown(folder(), nobody, nobody)
    process.setegid?.(nobody)
    process.seteuid?.(nobody)
  })
  afterEach(() => {
    process.seteuid?.(0)
    process.setegid?.(0)
  })
}
