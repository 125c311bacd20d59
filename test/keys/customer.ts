import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What `federate keys issue` printed, as the customer reads it. */
export interface Handover {
  readonly secret: string | undefined
  readonly shell: string
  readonly python: string
  readonly node: string
}

export function readHandover(text: string): Handover {
  const [, shell = '', python = '', node = ''] =
    /# Shell\n([\s\S]*?)\n# Python\n([\s\S]*?)\n# Node\n([\s\S]*)$/.exec(text) ?? []
  return { secret: /^client secret\s+(\S+)$/m.exec(text)?.[1], shell, python, node }
}

/** Pastes a program as printed, in a folder of the customer's; gives what it printed. */
export async function paste(
  language: 'shell' | 'python' | 'node',
  { [language]: text }: Handover,
  folder: string,
  python = 'python3',
): Promise<string> {
  const file = { shell: 'customer.sh', python: 'customer.py', node: 'customer.mjs' }[language]
  await writeFile(join(folder, file), text)
  const program = { shell: 'sh', python, node: process.execPath }[language]
  const child = spawn(program, [file], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk
    })
  }
  await new Promise((resolve) => child.once('close', resolve))
  return output.trim()
}

/** The access token in what curl printed; fails with the whole of it if there is none. */
export function tokenIn(answer: string): string {
  const { access_token: token } = JSON.parse(answer)
  if (typeof token !== 'string') throw new Error(`there is no token in ${answer}`)
  return token
}
