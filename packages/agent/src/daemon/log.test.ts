import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { expect, it } from 'vitest'

// full(4): every write fails as on a disk that is full.
it.skipIf(!existsSync('/dev/full'))('goes on where its lines cannot be written', async () => {
  const program = `
    import { jsonLog } from ${JSON.stringify(new URL('log.ts', import.meta.url))}
    const log = jsonLog('info')
    for (let line = 0; line < 1000; line += 1) log.warn({ line }, 'x'.repeat(1000))
    setImmediate(() => log.info({}, 'later'))`
  const full = await open('/dev/full', 'w')
  const child = spawn(process.execPath, ['--input-type', 'module', '-e', program], {
    stdio: ['ignore', 'pipe', full.fd],
  })
  expect(await once(child, 'exit')).toEqual([0, null])
  await full.close()
})
