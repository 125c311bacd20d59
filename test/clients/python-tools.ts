import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A Python that has some packages. Their modules (`-m awscli`, `-m moto.server`) do not mind the renaming. */
export interface PythonTools {
  readonly python: string
}

// Pinned: a client that changes shall not change what these tests say.
const awsPackages = ['awscli==1.46.2', 'boto3==1.44.5', 'moto[iam,sts,server]==5.2.5']

/** Python with boto3, the AWS CLI and moto. */
export function pythonTools(env: NodeJS.ProcessEnv = process.env): PythonTools | undefined {
  return pythonWith(awsPackages, 'the AWS CLI, boto3 and moto', env)
}

/**
 * Python with these packages, made once per machine in the user's cache folder; `undefined` where Python or the package
 * index is missing, which is said loudly on stderr.
 *
 * @param what names the packages in that message.
 * @throws Error under `CI=true`, where tests that do not run are a failure.
 */
export function pythonWith(
  packages: readonly string[],
  what: string,
  env: NodeJS.ProcessEnv = process.env,
): PythonTools | undefined {
  const key = packages.join('-').replace(/[^\w.]+/g, '-')
  const folder = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'federate-test', `python-${key}`)
  const problem = existsSync(folder) ? undefined : make(folder, packages, env)
  if (problem === undefined) {
    return { python: join(folder, 'bin', 'python') }
  }
  const message = `The tests with ${what} need Python 3 with venv and its package index: ${problem}`
  if (env['CI'] === 'true') throw new Error(`${message} Under CI=true they may not be skipped.`)
  process.stderr.write(`\n!!! NOT TESTED: ${message} They are skipped.\n\n`)
  return undefined
}

/** Made under another name and renamed, so that a folder of the right name is whole. */
function make(folder: string, packages: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  const unfinished = `${folder}.unfinished-${process.pid}`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(join(folder, '..'), { recursive: true })
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', unfinished]],
    [join(unfinished, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...packages]],
  ]
  for (const [program, args] of steps) {
    const { status, stderr, error } = spawnSync(program, args, { env, encoding: 'utf8', timeout: 280_000 })
    if (status !== 0) return `${program} ${args[1]} failed: ${error?.message ?? stderr.trim().split('\n').at(-1)}.`
  }
  // Another test may have made it meanwhile.
  if (existsSync(folder)) rmSync(unfinished, { recursive: true })
  else renameSync(unfinished, folder)
  return undefined
}
