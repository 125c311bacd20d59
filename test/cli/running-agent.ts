import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { command, type Place, type Ran } from './harness.ts'

/** `federate agent` in the background, on a free port and with folders of its own. */
export class RunningAgent {
  readonly child: ChildProcess
  readonly #place: Place
  readonly #env: Readonly<Record<string, string>>
  readonly #closed: Promise<unknown>
  log = ''

  private constructor(place: Place, child: ChildProcess, env: Readonly<Record<string, string>>) {
    this.#place = place
    this.child = child
    this.#env = env
    this.#closed = once(child, 'close')
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.log += text
    })
  }

  /** @param around A program that runs the rest of the command line. */
  static start(
    place: Place,
    name: string,
    args: readonly string[],
    more: Record<string, string> = {},
    around: readonly string[] = [],
  ): RunningAgent {
    const env = { CACHE_DIRECTORY: place.path(`${name}-cache`), RUNTIME_DIRECTORY: place.path(`${name}-run`), ...more }
    const inherited = Object.entries(process.env).filter(([key]) => !/^(AWS|FEDERATE)_|^NODE_/.test(key))
    const own = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }
    const words = [...around, process.execPath, command, 'agent', ...args, '--listen', '127.0.0.1:0']
    const child = spawn(words[0] ?? '', words.slice(1), {
      cwd: place.folder,
      env: { ...Object.fromEntries(inherited), ...place.sandbox.env, ...own, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return new RunningAgent(place, child, env)
  }

  /** Runs the command as a program of the same user does. */
  run(line: string, env: Record<string, string> = {}): Promise<Ran> {
    return this.#place.asService(line, { env: { ...this.#env, ...env } })
  }

  async ready(): Promise<void> {
    const { status, stderr } = await this.run('agent wait --timeout 60s')
    if (status !== 0) throw new Error(`${stderr}\n${this.log}`)
  }

  async url(): Promise<string> {
    return JSON.parse(await readFile(`${this.#env['RUNTIME_DIRECTORY']}/agent.json`, 'utf8')).url
  }

  secret(service: string): Promise<string> {
    return readFile(`${this.#env['RUNTIME_DIRECTORY']}/${service}.secret`, 'utf8')
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
    const response = await fetch(`${await this.url()}${path}`, { headers })
    return { status: response.status, body: await response.text() }
  }

  /** Fetches as an SDK of this service does. */
  async lent(path: string, service = path.split('/')[1] ?? ''): Promise<{ status: number; body: string }> {
    return this.get(path, { authorization: await this.secret(service) })
  }

  async logged(text: string): Promise<void> {
    while (!this.log.includes(text)) await once(this.child.stderr ?? this.child, 'data')
  }

  /** Ends it, and gives its exit status. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal)
    return this.ended()
  }

  /** Its exit status, when it has ended and its log is complete. */
  async ended(): Promise<number | null> {
    await this.#closed
    return this.child.exitCode
  }
}
