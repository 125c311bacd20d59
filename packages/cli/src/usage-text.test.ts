import { describe, expect, it } from 'vitest'
import { withoutValues } from './usage-text.ts'

describe('what is said of a wrong command line', () => {
  it.each([
    ["error: unknown option '--client-secret=hunter2'", "error: unknown option '--client-secret'"],
    [
      "error: unknown option '--client-secret=it's=x'\n(Did you mean --x?)",
      "error: unknown option '--client-secret'\n(Did you mean --x?)",
    ],
    [
      "error: unknown option '--prun'\n(Did you mean --prune?)",
      "error: unknown option '--prun'\n(Did you mean --prune?)",
    ],
    [
      "error: too many arguments for 'rotate'. Expected 1 argument but got 3: acme, extra, hunter2.\nRun `federate --help`.",
      "error: too many arguments for 'rotate'. Expected 1 argument but got 3.\nRun `federate --help`.",
    ],
    ["error: missing required argument 'service'", "error: missing required argument 'service'"],
  ])('%j', (said, shown) => {
    expect(withoutValues(said)).toBe(shown)
  })
})
