import { z } from 'zod'
import { parseDuration } from '../duration.ts'
import { FederateError } from '../errors.ts'

/** A length of time such as 20m, in seconds. */
export const duration = z.string().transform((value, context) => {
  try {
    return parseDuration(value)
  } catch (error) {
    if (!(error instanceof FederateError)) throw error
    context.issues.push({ code: 'custom', input: value, message: `${error.problem} ${error.next}` })
    return z.NEVER
  }
})
