import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { takeTurn } from './turn.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'federate-turn-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

const question = (...args: string[]) => ({
  args: ['credentials', 'aws', ...args],
  cwd: '/srv/billing',
  version: '1.0.0',
})

describe('a turn', () => {
  it('is waited for by who asks the same, and leaves nothing behind', async () => {
    const environment = { CACHE_DIRECTORY: await folder() }
    const events: string[] = []
    const done = await takeTurn(question(), environment)
    const other = takeTurn(question(), environment).then((end) => {
      events.push('second begins')
      return end()
    })
    await (await takeTurn(question('--target', 's3'), environment))()
    events.push('first ends')
    await done()
    await other
    expect(events).toEqual(['first ends', 'second begins'])
    expect(await readdir(join(environment.CACHE_DIRECTORY, 'credentials'))).toEqual([])
  })

  it.each([['--no-cache'], ['--token-file', 'token'], ['--token-file=token'], ['--profile', 'stored']])(
    'is not waited for with %s, for nothing would be kept',
    async (...args) => {
      const environment = { CACHE_DIRECTORY: await folder() }
      const both = [takeTurn(question(...args), environment), takeTurn(question(...args), environment)]
      for (const end of await Promise.all(both)) await end()
      expect(await readdir(environment.CACHE_DIRECTORY)).toEqual([])
    },
  )

  it('is had at once where there is no place to wait at', async () => {
    const root = await folder()
    await writeFile(join(root, 'file'), '')
    for (const environment of [{}, { CACHE_DIRECTORY: join(root, 'file') }]) {
      const both = await Promise.all([takeTurn(question(), environment), takeTurn(question(), environment)])
      for (const end of both) await end()
    }
  })
})
