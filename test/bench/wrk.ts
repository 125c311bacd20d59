import { execFile, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { once } from '../keycloak/distribution.ts'

const run = promisify(execFile)

export interface Load {
  readonly requestsPerSecond: number
  /** 99 of 100 answers came within so many milliseconds. */
  readonly p99: number
}

/** Loads a URL by so many connections for some seconds, from one core. */
export type Wrk = (url: string, headers: readonly string[], connections: number, seconds: number) => Promise<Load>

/** wrk as Debian and Ubuntu have it, unpacked but not installed. @throws Error where these packages are not to be had. */
export async function wrk(core: number): Promise<Wrk> {
  const folder = await once('wrk-debian', async (into) => {
    await run('apt-get', ['download', 'wrk', 'libluajit-5.1-2'], { cwd: into })
    for (const name of readdirSync(into)) await run('dpkg-deb', ['-x', name, '.'], { cwd: into })
  })
  const libraries = readdirSync(join(folder, 'usr', 'lib')).map((name) => join(folder, 'usr', 'lib', name))
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(':') }
  const program = join(folder, 'usr', 'bin', 'wrk')
  return async (url, headers, connections, seconds) => {
    const args = [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '--latency',
      ...headers.flatMap((one) => ['-H', one]),
      url,
    ]
    const { stdout } = await run(...pinned(core, program, args), { env })
    if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk was refused:\n${stdout}`)
    return { requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]), p99: latency(stdout) }
  }
}

/** wrk writes microseconds, milliseconds or seconds, as they come. */
function latency(stdout: string): number {
  const [, number, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? []
  return Number(number) * (unit === 'us' ? 0.001 : unit === 's' ? 1000 : 1)
}

/** A program that runs on one core and leaves the others alone, where taskset is. */
export function pinned(core: number, program: string, args: readonly string[]): [string, string[]] {
  const here = spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0
  return here ? ['taskset', ['-c', String(core), program, ...args]] : [program, [...args]]
}
