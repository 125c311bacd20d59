import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import manifest from '../package.json' with { type: 'json' }

// The question that scripts ask in loops is answered before anything is loaded.
const [first, second] = process.argv.slice(2)
if (second === undefined && (first === '--version' || first === '-V')) {
  process.stdout.write(`${manifest.version}\n`)
} else {
  // Compiling the AWS SDK costs more than its requests. Node checks what it reads back against source and version, and
  // goes on without where the folder cannot be written.
  enableCompileCache(join(cacheFolder(), 'federate', 'compiled'))
  void import('./run.ts').then(async ({ run }) => {
    process.exitCode = await run(process.argv.slice(2), manifest.version)
  })
}

/** The user's own cache folder (XDG Base Directory Specification): nobody else may write there. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME = '' } = process.env
  return isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache')
}
