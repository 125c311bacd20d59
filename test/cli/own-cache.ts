import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/**
 * A cache for every test file, where what it starts finds none of its own: credentials of tests have no place in that of
 * the person who runs them, and what one file has kept is no matter of the next.
 */
const folder = mkdtempSync(join(tmpdir(), 'federate-cache-'))
process.env['CACHE_DIRECTORY'] = folder

afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
