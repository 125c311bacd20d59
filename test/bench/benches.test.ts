import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

/**
 * Benches are run by hand, and what they measure moves on: those whose servers know which requests the command makes, and
 * that are quick, are tried here. The others' types are checked, and they use what the tests use.
 */
const quick = ['start-up', 'delivery']

describe('the bench', () => {
  it.each(quick)('%s still runs, and prints a table', async (name) => {
    const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
    const env = { ...process.env, ROUNDS: '1' }
    // It fails with what the bench says on stderr.
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', file], { env })
    expect(stdout).toMatch(/^\|.*\|\n\|[-:|]+\|\n\|.*\d.*\|$/m)
  })
})
