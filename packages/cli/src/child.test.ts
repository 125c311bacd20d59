import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const nobody = ['setpriv', '--reuid', '65534', '--clear-groups']
/** Runs a program of Node as root without the right to signal others, as a user is to a command that becomes root's. */
const powerless = ['--bounding-set', '-kill', '--inh-caps', '-kill', process.execPath, '--input-type', 'module', '-e']
const isPossible = process.getuid?.() === 0 && spawnSync('setpriv', [...powerless.slice(0, 4), 'true']).status === 0

describe.skipIf(!isPossible)('a program that becomes another user', () => {
  const printed = async (program: string) => (await promisify(execFile)('setpriv', [...powerless, program])).stdout

  it('is waited for by exec, though a signal cannot be handed on', async () => {
    const program = `
      import { runChild } from ${JSON.stringify(new URL('child.ts', import.meta.url))}
      const args = ${JSON.stringify([...nobody.slice(1), 'sh', '-c', 'sleep 0.8; exit 7'])}
      process.on('SIGTERM', () => console.log('handed on'))
      setTimeout(() => process.kill(process.pid, 'SIGTERM'), 300)
      console.log(JSON.stringify(await runChild({ program: 'setpriv', args, env: process.env })))`
    expect(await printed(program)).toBe('handed on\n{"status":7}\n')
  })

  it('is given up when it prints no token in time, and cannot be killed', async () => {
    const module = new URL('../../core/src/run-program.ts', import.meta.url)
    const program = `
      import { runProgram } from ${JSON.stringify(module)}
      const parameters = ${JSON.stringify([...nobody.slice(1), 'sleep', '2'])}
      await runProgram({ program: 'setpriv', parameters, timeout: 0.3, environment: process.env })
        .catch(({ code }) => console.log(code))`
    expect(await printed(program)).toBe('TOKEN_COMMAND_TIMEOUT\n')
  })
})
