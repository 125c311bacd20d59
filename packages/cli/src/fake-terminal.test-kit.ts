import type { Terminal } from './terminal.ts'

/** A terminal in memory: what was said, and prepared answers. */
export class FakeTerminal implements Terminal {
  readonly cwd: string
  readonly args = []
  readonly version = '0.0.0'
  readonly command = ['/usr/bin/node', '/opt/federate/main.cjs']
  readonly env: Record<string, string | undefined>
  readonly interactive: boolean
  stdout = ''
  stderr = ''
  readonly #answers: string[]

  constructor(options: { cwd?: string; env?: Record<string, string>; answers?: string[]; interactive?: boolean } = {}) {
    this.cwd = options.cwd ?? '/nowhere'
    this.env = options.env ?? {}
    this.#answers = options.answers ?? []
    this.interactive = options.interactive ?? options.answers !== undefined
  }

  readonly now = () => Date.UTC(2026, 0, 1)
  readonly out = (text: string) => {
    this.stdout += text
  }
  readonly note = (text: string) => {
    this.stderr += `${text}\n`
  }
  readonly ask = async (question: string) => {
    this.stderr += question
    return this.#answers.shift() ?? ''
  }
  readonly style = (_style: string, text: string) => text
  readonly outStyle = (_style: string, text: string) => text
  readonly readStandardInput = async () => ''
}
