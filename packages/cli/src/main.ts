import { statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { cacheRoot, makePrivateFolder } from '@federate/core/cache'
import manifest from '../package.json' with { type: 'json' }
import { knownAnswer } from './answers/answer.ts'
import { withHome } from './home.ts'

const args = process.argv.slice(2)
const [first, second] = args
const environment = withHome(process.env)
const question = { args, cwd: process.cwd(), version: manifest.version }
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (second === undefined && (first === '--version' || first === '-V')) {
  // The question that scripts ask in loops is answered before anything is loaded.
  process.stdout.write(`${manifest.version}\n`)
} else if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`federate needs Node 22.12 or later, and this is ${process.versions.node}.\n`)
  process.exitCode = 1
} else if (!printKnownAnswer()) {
  void answerInTurn()
}

/** Many processes that ask the same at once need not all do the work, nor load what it takes. */
async function answerInTurn(): Promise<void> {
  keepCompiledCode()
  const asks = first === 'credentials'
  const done = asks ? await (await import('./answers/turn.ts')).takeTurn(question, environment) : undefined
  if (!asks || !printKnownAnswer()) process.exitCode = await answer(asks)
  await done?.()
}

async function answer(asks: boolean): Promise<number> {
  const everyday = asks ? (await import('./everyday.ts')).everydayAnswer(args, manifest.version) : undefined
  return everyday ?? (await import('./run.ts')).run(args, manifest.version)
}

/** SDKs run `federate credentials` again and again: what was printed and still holds is printed at once. */
function printKnownAnswer(): boolean {
  if (first !== 'credentials') return false
  const answer = knownAnswer(question, environment, Date.now)
  if (answer === undefined) return false
  const bytes = Buffer.from(answer)
  try {
    const written = writeSync(1, bytes)
    if (written < bytes.length) process.stdout.write(bytes.subarray(written))
    return true
  } catch {
    // A full disk, a reader that is gone: the long way knows what to say.
    return false
  }
}

/**
 * Has Node keep what it compiles: compiling the AWS SDK costs more than its requests. What is read back is code, so the
 * folder must be this user's own; where it is not, or cannot be made, federate starts a little slower.
 */
function keepCompiledCode(): void {
  const root = cacheRoot(environment)
  if (root === undefined) return
  const folder = join(root, 'compiled')
  try {
    makePrivateFolder(folder)
    const { uid, mode } = statSync(folder)
    const others = (mode & 0o022) !== 0
    if (uid === process.getuid?.() && !others) process.getBuiltinModule('node:module').enableCompileCache(folder)
  } catch {
    // Nothing depends on it.
  }
}
