import { FederateError } from './errors.ts'

/**
 * Runs `read`; its errors say where that stands which they are about.
 *
 * @param place As in "It stands in the file /etc/service.key". Not known: the errors stay as they are.
 */
export function foundIn<T>(place: string | undefined, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (place === undefined || !(error instanceof FederateError)) throw error
    const { code, outcome, problem, next, details, cause } = error
    throw new FederateError({
      ...{ code, outcome, problem: `${problem} It stands in the ${place}.`, next, details },
      ...(cause === undefined ? {} : { cause }),
    })
  }
}
