import { resolve } from 'node:path'
import { styleText } from 'node:util'
import { FederateError } from '@federate/core'
import { withHome } from './home.ts'

/** The outside of a command: every command gets one and touches nothing global, so that tests can be the outside. */
export interface Terminal {
  readonly cwd: string
  /** The words after `federate`. */
  readonly args: readonly string[]
  /** Which federate this is. */
  readonly version: string
  /** How this very command is called from elsewhere: absolute paths of the runtime and of the script. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => number
  /** Data. Resolves once it is handed over, so that a closed pipe ends the command quietly. */
  readonly out: (text: string) => void
  /** Words for people. */
  readonly note: (text: string) => void
  /** Whether a person watches stderr: progress and questions only then. */
  readonly interactive: boolean
  /** Rejects with `QUESTION_INTERRUPTED` when the answer is Ctrl-C or Ctrl-D, or `signal` is aborted. */
  readonly ask: (question: string, signal?: AbortSignal) => Promise<string>
  /** Colours for `note`, where stderr shows colours. */
  readonly style: (style: Style, text: string) => string
  /** Colours for `out`, where stdout shows colours. */
  readonly outStyle: (style: Style, text: string) => string
  readonly readStandardInput: () => Promise<string>
}

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'

export function processTerminal(args: readonly string[], version: string): Terminal {
  // Not standard input: Node opens it when it is first named, and few commands read it.
  const { stdout, stderr } = process
  // A reader that went away (`federate … | head -1`) is no failure of ours.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    stderr.write(`Standard output cannot be written to: ${error.message}\n`)
    process.exit(1)
  })
  // Whoever does not listen to messages still gets the data and the exit status.
  stderr.on('error', () => undefined)
  return {
    cwd: process.cwd(),
    args,
    version,
    command: [process.execPath, resolve(process.argv[1] ?? '')],
    env: withHome(process.env),
    now: Date.now,
    out: (text) => void stdout.write(text),
    note: (text) => void stderr.write(`${text}\n`),
    get interactive() {
      return stderr.isTTY === true && process.stdin.isTTY === true
    },
    ask: askOnTerminal,
    style: (style, text) => (stderr.isTTY ? styleText(style, text, { stream: stderr }) : text),
    outStyle: (style, text) => (stdout.isTTY ? styleText(style, text, { stream: stdout }) : text),
    readStandardInput: async () => {
      let text = ''
      for await (const chunk of process.stdin.setEncoding('utf8')) {
        text += chunk
        if (text.length > longestInput) throw inputTooLong()
      }
      return text
    },
  }
}

/** Of what is read from standard input, in characters: tokens, secrets and key sets are far shorter. */
const longestInput = 1_000_000

function inputTooLong(): FederateError {
  return new FederateError({
    code: 'INPUT_TOO_LONG',
    outcome: 'usage',
    problem: `Standard input has more than ${longestInput} characters, where a token or a secret was expected.`,
    next: 'Check what was piped in.',
  })
}

async function askOnTerminal(question: string, signal?: AbortSignal): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const gone = new Promise<never>((_resolve, reject) => {
    lines.once('close', () => reject(questionInterrupted()))
    signal?.addEventListener('abort', () => lines.close(), { once: true })
  })
  try {
    return (await Promise.race([lines.question(question), gone])).trim()
  } finally {
    // The promise of who went away is of no interest any more.
    gone.catch(() => undefined)
    lines.close()
  }
}

function questionInterrupted(): FederateError {
  return new FederateError({
    code: 'QUESTION_INTERRUPTED',
    outcome: 'failed',
    problem: 'The question was not answered. Nothing was changed.',
    next: 'Run the command again, or answer by flags: --help lists them.',
  })
}
