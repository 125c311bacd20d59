import { stat } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place, Ran } from '../cli/harness.ts'
import { googlePlace, project } from './place.ts'

let place: Place

beforeAll(async () => {
  place = await googlePlace()
  await place.setUp('gcp')
})

afterAll(() => place.close())

/** Runs a program of Node inside `federate exec`, without the administrator's token. */
function inside(service: string, program: string, more: Record<string, string> = {}): Promise<Ran> {
  const env = {
    ...more,
    CLOUDSDK_AUTH_ACCESS_TOKEN: undefined,
    NODE_PATH: new URL('../../packages/gcp/node_modules', import.meta.url).pathname,
  }
  return place.asService(['exec', service, '--', process.execPath, '-e', program], { env })
}

describe('a command under exec', () => {
  it.each(['billing', 'reporting'])('is google-auth-library for %s, unmodified, by a url source', async (service) => {
    const program = `
      const { GoogleAuth } = require('google-auth-library')
      new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' }).getAccessToken()
        .then((token) => console.log(typeof token, token.length > 20), (error) => console.log(error.message))`
    expect(await inside(service, program)).toMatchObject({ status: 0, stdout: 'string true\n', stderr: '' })
  })

  it('is told the project, unless it is told another one', async () => {
    const program = 'console.log(process.env.GOOGLE_CLOUD_PROJECT)'
    expect((await inside('billing', program)).stdout).toBe(`${project}\n`)
    expect((await inside('billing', program, { GOOGLE_CLOUD_PROJECT: 'another' })).stdout).toBe('another\n')
  })

  it('is not run where that file cannot be made', async () => {
    const env = { CLOUDSDK_AUTH_ACCESS_TOKEN: undefined, TMPDIR: '/nowhere/at/all' }
    const { stdout, stderr, status } = await place.asService(['exec', 'billing', '--', 'echo', 'ran'], { env })
    expect({ stdout, status }).toEqual({ stdout: '', status: 125 })
    expect(stderr).toContain('error TEMPORARY_FOLDER  (federate exec)')
    expect(stderr).toContain(
      "No folder can be made in /nowhere/at/all for the files that the command's SDKs read (ENOENT).",
    )
    expect(stderr).toContain('next: Set TMPDIR to a folder that this user may write to.')
  })

  it('finds a file for itself alone, that is gone afterwards', async () => {
    const program = `
      const { GOOGLE_APPLICATION_CREDENTIALS: path } = process.env
      const { mode } = require('node:fs').statSync(path)
      console.log((mode & 0o777).toString(8), path)`
    const { stdout } = await inside('billing', program)
    const [mode, path = ''] = stdout.trim().split(' ')
    expect(mode).toBe('600')
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })
})
