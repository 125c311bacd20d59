/**
 * The demo: the real command against the sandbox, every command line and its output shown.
 *
 * It is a test as well: a command that ends with another status than expected ends the demo with a failure.
 * With --keycloak a real Keycloak is the issuer, with an empty realm that `federate setup` makes a token issuer, and the
 * sandbox plays only AWS.
 */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../test/keycloak/ports.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const main = join(root, 'packages/cli/dist/main.cjs')
const example = join(root, 'examples/on-prem-to-s3')
const withKeycloak = process.argv.includes('--keycloak')

type Env = Record<string, string | undefined>

const folder = await mkdtemp(join(tmpdir(), 'federate-demo-'))
let closeIssuer = async () => {}
let closeSandbox = async () => {}
let keycloakAdministrator: Env = {}
try {
  await demo()
} finally {
  await closeSandbox()
  await closeIssuer()
  await rm(folder, { recursive: true, force: true })
}

async function demo(): Promise<void> {
  await cp(join(example, 'federate.yaml'), join(folder, 'federate.yaml'))
  await pointAtFreePort()
  if (withKeycloak) await startRealKeycloak()
  const sandboxEnv = await startSandboxProcess()
  const administrator: Env = { ...cleanEnvironment(), ...sandboxEnv, ...keycloakAdministrator }
  // With a Keycloak to administer, one command makes both sides.
  const side = withKeycloak ? '' : ' aws'
  const service = serviceEnvironment(sandboxEnv)

  title('1. An administrator sets up the trust')
  await show(`federate plan${side}`, administrator, 2)
  await show(`federate setup${side} --yes`, administrator)
  await show(`federate setup${side} --yes`, administrator)

  title('2. The service on its host: a token, and what it is worth')
  await show('federate token --decode', service)
  await show('federate credentials aws', service, 0, hideSecrets)

  title('3. A program that knows nothing of federate')
  await writeProfile()
  await show('cat aws-config', service)
  await show(`node whoami.ts`, { ...service, AWS_CONFIG_FILE: join(folder, 'aws-config'), AWS_PROFILE: 'billing' })

  title('4. Tokens that must not work: refused by AWS, explained by federate')
  await show('federate token --raw --service reporting.federate.json > reporting.jwt', service)
  await show('federate credentials aws --token-file reporting.jwt', service, 3)
  await show('federate explain aws billing --token-file reporting.jwt', service, 3)
  await show('federate token --raw --for orders > orders.jwt', service)
  await show('federate credentials aws --token-file orders.jwt', service, 3)

  title('5. Everything goes again, and nothing else')
  await show(`federate destroy${side} --yes`, administrator)
  await show(`federate plan${side}`, administrator, 2, lastLine)
  console.log(
    `\nThat was all of it${withKeycloak ? ', with a real Keycloak' : ''}: no cloud key was stored, and none was needed.`,
  )
}

/** Runs one command line as a person would type it, and shows both. */
async function show(line: string, env: Env, expected = 0, view = (text: string) => text): Promise<void> {
  console.log(`\n$ ${line}`)
  const { status, output } = await run(line, env)
  console.log(view(output).trimEnd())
  if (status !== 0) console.log(`(exit status ${status})`)
  if (status !== expected) throw new Error(`"${line}" ended with ${status}, expected ${expected}`)
}

function run(line: string, env: Env): Promise<{ status: number; output: string }> {
  const shell = spawn(
    'sh',
    ['-c', `node() { "$FEDERATE_NODE" "$@"; }\nfederate() { node "$FEDERATE_MAIN" "$@"; }\n${line}`],
    {
      cwd: folder,
      env: { ...env, FEDERATE_NODE: process.execPath, FEDERATE_MAIN: main },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  shell.stdout.setEncoding('utf8').on('data', (text) => (output += text))
  shell.stderr.setEncoding('utf8').on('data', (text) => (output += text))
  return new Promise((resolve) => shell.once('close', (code) => resolve({ status: code ?? 1, output })))
}

/** Starts `federate sandbox --json` and reads from it what points SDKs at it. */
async function startSandboxProcess(): Promise<Record<string, string | undefined>> {
  const flags = withKeycloak ? ['--no-issuer'] : []
  console.log(`$ federate sandbox ${flags.join(' ')}&`)
  const child = spawn(process.execPath, [main, 'sandbox', '--json', ...flags], {
    cwd: folder,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  closeSandbox = async () => {
    if (child.exitCode !== null) return
    child.kill('SIGTERM')
    await new Promise((resolve) => child.once('exit', resolve))
  }
  let text = ''
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk
    if (!text.trimEnd().endsWith('}')) continue
    const printed: Record<string, string | null> = JSON.parse(text)
    return Object.fromEntries(Object.entries(printed).map(([name, value]) => [name, value ?? undefined]))
  }
  throw new Error('the sandbox ended before it was ready')
}

async function startRealKeycloak(): Promise<void> {
  const { serveRealKeycloak } = await import('../test/keycloak/demo-issuer.ts')
  const { close, env } = await serveRealKeycloak(join(folder, 'federate.yaml'))
  closeIssuer = close
  keycloakAdministrator = env
}

/** The example's port may be taken here; the demo's copy gets a free one. */
async function pointAtFreePort(): Promise<void> {
  const path = join(folder, 'federate.yaml')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('127.0.0.1:8180', `127.0.0.1:${await freePort()}`))
}

async function writeProfile(): Promise<void> {
  // A link, so that the program finds the SDK that the example depends on.
  await symlink(join(example, 'whoami.ts'), join(folder, 'whoami.ts'))
  const command = `${process.execPath} ${main} credentials aws --service ${join(folder, 'billing.federate.json')}`
  await writeFile(
    join(folder, 'aws-config'),
    `[profile billing]\nregion = us-east-1\ncredential_process = ${command}\n`,
  )
}

/** The environment of the person who runs the demo, without anything of AWS in it, and with a cache that goes with the demo. */
function cleanEnvironment(): Env {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|FEDERATE)_/.test(name))
  return { ...Object.fromEntries(kept), CACHE_DIRECTORY: join(folder, 'cache') }
}

/** The service's host: it can reach the clouds' addresses, and has no administrator's key. */
function serviceEnvironment(sandboxEnv: Record<string, string | undefined>): Env {
  const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...rest } = sandboxEnv
  return { ...cleanEnvironment(), ...rest, FEDERATE_SERVICE: 'billing.federate.json' }
}

function hideSecrets(text: string): string {
  return text.replace(/("(?:SecretAccessKey|SessionToken)": ?")[^"]+/g, '$1(hidden by the demo)')
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}

function title(text: string): void {
  console.log(`\n== ${text} ${'='.repeat(Math.max(0, 90 - text.length))}`)
}
