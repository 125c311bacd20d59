import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect } from 'vitest'
import { FederateError } from '../errors.ts'

/** What must never be seen again, wherever it was put. */
export const plainSecret = 'Plain-Secret-Leak-1'

/** A function that takes options, with some that are right, and how to make use of what it makes. */
export interface OptionCase {
  readonly called: unknown
  readonly good: Readonly<Record<string, unknown>>
  readonly use?: (made: unknown) => unknown
}

/** Whatever JavaScript can hand over, and the secret in all the shapes in which people hand it over. */
const junk = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true, withNullPrototype: true }),
  fc.constantFrom<unknown>(...secretShapes(), Symbol('junk'), () => plainSecret, Number.NaN),
)

function secretShapes(): readonly unknown[] {
  return [plainSecret, { value: plainSecret }, [plainSecret], { secret: plainSecret }, { file: { value: plainSecret } }]
}

/** What is a path, an address or another name has to be found again by who reads the message. */
const named = [
  'file',
  'env',
  'baseDirectory',
  'issuer',
  'provider',
  'roleArn',
  'tenantId',
  'clientId',
  'serviceAccount',
]

/**
 * Whatever stands for the options or for one of them: it works, or is refused as a wrong use, and the secret is not in
 * anything that a program would log.
 */
export async function refusesJunk({ called, good, use = () => {} }: OptionCase): Promise<void> {
  const member = fc.constantFrom(...Object.keys(good), 'value', 'method', 'now', 'warn', 'fetch', 'unknown')
  const options = fc.oneof(
    { weight: 1, arbitrary: junk },
    { weight: 4, arbitrary: fc.tuple(member, junk).map(([name, value]) => ({ ...good, [name]: value })) },
    { weight: 1, arbitrary: fc.dictionary(member, junk).map((some) => ({ ...good, ...some })) },
    { weight: 1, arbitrary: member.map((name) => ({ ...good, [name]: undefined })) },
  )
  await fc.assert(
    fc.asyncProperty(options, async (given) => {
      fc.pre(!named.some((name) => Reflect.get(Object(given), name) === plainSecret))
      let made: unknown
      try {
        made = Reflect.apply(Object(called), undefined, [given])
      } catch (error) {
        expect(error).toBeInstanceOf(FederateError)
        expect(error).toMatchObject({ outcome: 'usage', next: expect.stringMatching(/\S/) })
        expect(shownOf(error)).not.toContain(plainSecret)
        return
      }
      await Promise.resolve(use(made)).catch((error: unknown) => {
        expect(error).toBeInstanceOf(FederateError)
        expect(shownOf(error)).not.toContain(plainSecret)
      })
    }),
    { numRuns: 100 },
  )
}

/** All that loggers write of an error. */
function shownOf(error: unknown): string {
  const words = error instanceof Error ? `${error.message}\n${error.stack}` : ''
  return `${words}\n${inspect(error, { depth: 9, showHidden: true })}\n${JSON.stringify(error)}`
}
