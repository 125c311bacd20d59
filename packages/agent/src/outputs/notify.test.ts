import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { asNobody } from '@federate/core/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountIn, ownerOf } from './accounts.ts'
import { runCommand } from './run-command.ts'
import { sendSignal } from './send-signal.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-notify-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const never = new AbortController().signal
const node = (script: string, timeout = 20) => ({
  command: [process.execPath, '-e', script],
  timeout,
  directory: folder,
  environment: { PATH: process.env['PATH'], FEDERATE_OUTPUT: '/run/token' },
})
const gone = async (pid: number) => {
  for (;;) {
    try {
      process.kill(pid, 0)
      // A zombie answers until its parent has looked.
      if (/^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))) return
    } catch {
      return
    }
    await wait(20)
  }
}

describe('a command on change', () => {
  it('runs without a shell, where it shall, with its environment', async () => {
    const script =
      "require('fs').writeFileSync('seen', [process.cwd(), process.env.FEDERATE_OUTPUT, process.argv[1]].join(' '))"
    const command = node(script)
    await runCommand('/run/token', { ...command, command: [...command.command, '$HOME;x'] }, never)
    expect(await readFile(join(folder, 'seen'), 'utf8')).toBe(`${folder} /run/token $HOME;x`)
  })

  it('fails with its status, or with the signal that ended it', async () => {
    await expect(runCommand('/run/token', node('process.exit(3)'), never)).rejects.toMatchObject({
      code: 'OUTPUT_COMMAND_FAILED',
      outcome: 'failed',
      problem: `${process.execPath}, which runs when /run/token changes, ended with status 3.`,
    })
    await expect(runCommand('/run/token', node('process.kill(process.pid, "SIGTERM")'), never)).rejects.toMatchObject({
      problem: `${process.execPath}, which runs when /run/token changes, was ended by SIGTERM.`,
    })
  })

  it('says that it is not there', async () => {
    const run = { ...node(''), command: ['/nowhere/reload'] }
    await expect(runCommand('/run/token', run, never)).rejects.toMatchObject({
      code: 'OUTPUT_COMMAND_MISSING',
      outcome: 'usage',
      problem: `/nowhere/reload, which runs when /run/token changes, cannot be started in ${folder} (ENOENT).`,
    })
  })

  it('is killed when it hangs', async () => {
    await expect(runCommand('/run/token', node('setInterval(() => {}, 1000)', 1), never)).rejects.toMatchObject({
      code: 'OUTPUT_COMMAND_TIMEOUT',
      problem: `${process.execPath}, which runs when /run/token changes, did not end within 1 s and was killed.`,
    })
  })

  it('is killed when the agent ends, with what it has started, although that ignores SIGTERM', async () => {
    const inner = `process.on('SIGTERM', () => {}); require('fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000)`
    const outer = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}]); setInterval(() => {}, 1000)`
    const end = new AbortController()
    const running = runCommand('/run/token', node(outer), end.signal)
    let pid = ''
    while (pid === '') pid = await readFile(join(folder, 'pid'), 'utf8').catch(() => wait(20, ''))
    end.abort(new Error('The agent is ending.'))
    await expect(running).rejects.toThrow('The agent is ending.')
    await gone(Number(pid))
  })
})

describe('a signal on change', () => {
  it('reaches the process that the pid file names', async () => {
    const child = spawn(process.execPath, [
      '-e',
      'process.on("SIGHUP", () => process.exit(7)); console.log("up"); setInterval(() => {}, 1000)',
    ])
    await once(child.stdout, 'data')
    const pidFile = join(folder, 'pid')
    await writeFile(pidFile, `${child.pid}\n`)
    const exit = once(child, 'exit')
    expect(await sendSignal('/run/token', { signal: 'SIGHUP', pidFile })).toBe(true)
    expect(await exit).toEqual([7, null])
    expect(await sendSignal('/run/token', { signal: 'SIGHUP', pidFile })).toBe(false)
  })

  it('is for nobody where there is no pid file', async () => {
    expect(await sendSignal('/run/token', { signal: 'SIGHUP', pidFile: join(folder, 'none') })).toBe(false)
  })

  it.each(['', 'abc', '0', '1', '-5', '12 13'])('is not sent by the pid file "%s"', async (text) => {
    const pidFile = join(folder, 'pid')
    await writeFile(pidFile, text)
    await expect(sendSignal('/run/token', { signal: 'SIGTERM', pidFile })).rejects.toMatchObject({
      code: 'OUTPUT_PID_FILE',
      problem: `The pid file ${pidFile} does not hold the number of a process.`,
    })
  })
})

describe('an owner', () => {
  it('is found by its name, and is itself by its number', async () => {
    const passwd = 'root:x:0:0:root:/root:/bin/sh\nbilling:x:1001:1002::/:/bin/false\n'
    expect(accountIn(passwd, 'billing')).toBe(1001)
    expect(accountIn('staff:x:50:ann,ben\n', 'staff')).toBe(50)
    expect(accountIn(passwd, 'bill')).toBeUndefined()
    expect(accountIn('odd\n+::::::\nx:y\n', 'x')).toBeUndefined()
    const own = process.geteuid?.() ?? 0
    expect(await ownerOf({ user: own }, 'agent.yaml:3')).toEqual({ uid: own, gid: undefined })
    expect(await ownerOf({ group: process.getegid?.() }, 'agent.yaml:3')).toMatchObject({ gid: process.getegid?.() })
    expect(await ownerOf({}, 'agent.yaml:3')).toBeUndefined()
  })

  it('is refused where there is no such account', async () => {
    await expect(ownerOf({ user: 'nobody-here' }, '/etc/federate.agent.yaml:3')).rejects.toMatchObject({
      code: 'OUTPUT_OWNER_UNKNOWN',
      outcome: 'usage',
      problem: '/etc/federate.agent.yaml:3 names the user nobody-here, and there is none of this name in /etc/passwd.',
    })
    await expect(ownerOf({ group: 'nobody-here' }, 'x:3')).rejects.toMatchObject({
      next: 'Correct the name. Accounts of a directory are not looked up: give the number that `getent group nobody-here` shows.',
    })
  })

  describe('where this process may not give files away', () => {
    asNobody(() => folder)

    it('is refused', async () => {
      await expect(ownerOf({ user: 'root' }, 'agent.yaml:3')).rejects.toMatchObject({
        code: 'OUTPUT_OWNER_FORBIDDEN',
        problem: `agent.yaml:3 gives its file to the user root, and this process, of the user ${process.geteuid?.()}, may not: only root gives files away, others to groups of their own at most.`,
      })
    })
  })
})
