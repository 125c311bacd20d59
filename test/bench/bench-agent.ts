import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pinned } from './wrk.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.cjs', import.meta.url))

/** `federate agent` as a process of its own, ready to lend. */
export class BenchAgent {
  readonly #child: ChildProcess
  readonly #folder: string
  #url = ''

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child
    this.#folder = folder
  }

  /**
   * @param path a service file, or a folder of them.
   * @param folder where its cache and its run folder are made.
   * @param core the only one that it runs on. Default: any.
   */
  static async start(path: string, folder: string, env: Record<string, string>, core?: number): Promise<BenchAgent> {
    const args = [main, 'agent', path, '--listen', '127.0.0.1:0', '--log-level', 'error']
    const own = { CACHE_DIRECTORY: join(folder, 'cache'), RUNTIME_DIRECTORY: join(folder, 'run') }
    const [program, words] = core === undefined ? [process.execPath, args] : pinned(core, process.execPath, args)
    const child = spawn(program, words, {
      env: { ...process.env, ...env, ...own },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const agent = new BenchAgent(child, own.RUNTIME_DIRECTORY)
    await agent.ready()
    return agent
  }

  get url(): string {
    return this.#url
  }

  secret(service: string): string {
    return readFileSync(join(this.#folder, `${service}.secret`), 'utf8')
  }

  /** Until everything can be lent. */
  async ready(): Promise<void> {
    while (!(await this.#isReady())) {
      if (this.#child.exitCode !== null) throw new Error(`the agent ended with ${this.#child.exitCode}`)
      await wait(100)
    }
  }

  async #isReady(): Promise<boolean> {
    try {
      this.#url = JSON.parse(readFileSync(join(this.#folder, 'agent.json'), 'utf8')).url
      return (await fetch(`${this.#url}/readyz`)).status === 200
    } catch {
      // It has not told its address yet.
      return false
    }
  }

  /** Milliseconds of a core that it has used, by proc(5): clock ticks are hundredths of a second. */
  processorTime(): number {
    const fields = this.#proc('stat').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10
  }

  residentMegabytes(): number {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(this.#proc('status'))?.[1]) / 1024
  }

  #proc(name: string): string {
    return readFileSync(`/proc/${this.#child.pid}/${name}`, 'utf8')
  }

  async end(): Promise<void> {
    const exit = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill()
    await exit
  }
}
