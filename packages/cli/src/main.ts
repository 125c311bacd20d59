import { mkdirSync, statSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { isAbsolute, join } from 'node:path'
import manifest from '../package.json' with { type: 'json' }

const [first, second] = process.argv.slice(2)
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (second === undefined && (first === '--version' || first === '-V')) {
  // The question that scripts ask in loops is answered before anything is loaded.
  process.stdout.write(`${manifest.version}\n`)
} else if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`federate needs Node 22.12 or later, and this is ${process.versions.node}.\n`)
  process.exitCode = 1
} else {
  keepCompiledCode()
  void import('./run.ts').then(async ({ run }) => {
    process.exitCode = await run(process.argv.slice(2), manifest.version)
  })
}

/**
 * Has Node keep what it compiles: compiling the AWS SDK costs more than its requests. What is read back is code, so the
 * folder must be this user's own; where it is not, or cannot be made, federate starts a little slower.
 */
function keepCompiledCode(): void {
  const { XDG_CACHE_HOME = '', HOME = '' } = process.env
  const cache = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(HOME, '.cache')
  if (!isAbsolute(cache)) return
  const folder = join(cache, 'federate', 'compiled')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid, mode } = statSync(folder)
    const others = (mode & 0o022) !== 0
    if (uid === process.getuid?.() && !others) nodeModule.enableCompileCache(folder)
  } catch {
    // Nothing depends on it.
  }
}
