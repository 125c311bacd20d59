import { FederateError } from './errors.ts'

/**
 * What a call throws at once, with arguments that TypeScript would not let pass; a promise that fails later is too late for
 * who does not wait.
 */
export function thrownBy(called: unknown, given: readonly unknown[]): FederateError {
  try {
    Reflect.apply(Object(called), undefined, given)
  } catch (error) {
    if (error instanceof FederateError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
