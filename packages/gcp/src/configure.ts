import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  type CallContext,
  type ConfigurationWish,
  type Configured,
  FederateError,
  refuseOpenPlace,
  writeFileAtomically,
} from '@federate/core'
import { cacheRoot } from '@federate/core/cache'
import { endpoint } from './endpoints.ts'
import { projectVariable } from './project-variable.ts'
import { audiencePrefix } from './rules/provider.ts'
import type { GcpRuntime } from './target.ts'

/**
 * Writes the file that GOOGLE_APPLICATION_CREDENTIALS names, so that gcloud and every library of Google's get credentials
 * ("Configure Workload Identity Federation with other identity providers"). It holds no secret.
 *
 * @throws FederateError (usage) `GCP_COMMAND_PATH`, `GCP_TOKEN_FILE`, `GCP_OUTPUT_FILE`, `GCP_FILE_TAKEN`; (failed) `OUTPUT_FOLDER_OPEN`,
 *   `FILE_NOT_WRITTEN`.
 */
export async function configure(wish: ConfigurationWish<GcpRuntime>, context: CallContext): Promise<Configured> {
  const { service, target, directory, flags } = wish
  const path = flags['file'] ?? join(directory, `${service}.${target}.gcp.json`)
  const { source, warnings, environment } = await sourceOf(wish, context)
  const text = `${JSON.stringify(externalAccount(wish.runtime, source, context), undefined, 2)}\n`
  await refuseOpenPlace(path)
  const before = await present(path)
  if (before !== text) await writeFileAtomically(path, text, { mode: 0o644 })
  return {
    path,
    what: 'external account',
    changed: before !== text,
    warnings,
    environment: { GOOGLE_APPLICATION_CREDENTIALS: path, ...environment, ...projectVariable(wish.runtime) },
  }
}

interface Source {
  readonly source: object
  readonly warnings: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/** As `gcloud iam workload-identity-pools create-cred-config` writes it. */
function externalAccount(runtime: GcpRuntime, source: object, { env }: CallContext): object {
  const { provider, serviceAccount, lifetimeSeconds, universe = 'googleapis.com' } = runtime
  return {
    universe_domain: universe,
    type: 'external_account',
    audience: `${audiencePrefix}${provider}`,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${endpoint('sts', runtime, env)}/v1/token`,
    credential_source: source,
    ...(serviceAccount === undefined
      ? {}
      : {
          service_account_impersonation_url: `${endpoint('iamcredentials', runtime, env)}/v1/projects/-/serviceAccounts/${serviceAccount}:generateAccessToken`,
          service_account_impersonation: { token_lifetime_seconds: lifetimeSeconds },
        }),
  }
}

async function sourceOf(wish: ConfigurationWish<GcpRuntime>, context: CallContext): Promise<Source> {
  const { flags, auth, directory } = wish
  const own = auth.method === 'token_file' ? resolve(directory, auth.file) : undefined
  const file = flags['tokenFile'] ?? own
  const kind = flags['source'] ?? (file === undefined ? 'executable' : 'file')
  if (kind === 'executable') return executableSource(wish, context)
  if (flags['outputFile'] !== undefined) throw keepsNone(file)
  return fileSource(file)
}

async function fileSource(file: string | undefined): Promise<Source> {
  if (file === undefined) throw noTokenFile()
  const text = await readFile(file, 'utf8').catch(() => undefined)
  const warnings = fileWarnings(file, text)
  return { source: { file, format: { type: 'text' } }, warnings, environment: {} }
}

function fileWarnings(file: string, text: string | undefined): readonly string[] {
  if (text === undefined) return [`${file} is not there, or cannot be read: libraries fail until something writes it.`]
  if (text === text.trim()) return []
  return [`${file} ends with a line break, which google-auth-library for Node sends to Google: write the token alone.`]
}

function executableSource({ command, service, target, flags }: ConfigurationWish, { env }: CallContext): Source {
  const words = [...command, '--format', 'executable']
  const root = cacheRoot(env)
  // Services of one name, of a test and a live issuer say, are told apart by the path of their files in the command.
  const name = `${service}.${target}.${shortHash(words.join(' '))}.json`
  const output = flags['outputFile'] ?? (root === undefined ? undefined : join(root, 'google', name))
  for (const word of words) refuseUnquotable(word)
  const source = {
    command: words.join(' '),
    timeout_millis: 30_000,
    ...(output === undefined ? {} : { output_file: output }),
  }
  return {
    source: { executable: source },
    warnings: [],
    environment: { GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1' },
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

/** Google's libraries split the line at spaces, and of quotes each knows others. */
function refuseUnquotable(word: string): void {
  if (/^[\w@%+=:,./-]+$/.test(word)) return
  throw new FederateError({
    code: 'GCP_COMMAND_PATH',
    outcome: 'usage',
    problem: `An executable source cannot run "${word}": Google's libraries split the command at spaces, and no quotes mean the same to all of them.`,
    next: 'Move the file to a path of letters, digits and . - _ /, or use --source file.',
  })
}

/** What stands there; only a file of the same kind is written over. */
async function present(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined || isExternalAccount(text)) return text
  throw new FederateError({
    code: 'GCP_FILE_TAKEN',
    outcome: 'usage',
    problem: `${path} exists, and is no external account file.`,
    next: 'Name another one with --file.',
  })
}

function isExternalAccount(text: string): boolean {
  try {
    return JSON.parse(text)?.type === 'external_account'
  } catch {
    return false
  }
}

function keepsNone(file: string | undefined): FederateError {
  return new FederateError({
    code: 'GCP_OUTPUT_FILE',
    outcome: 'usage',
    problem: `--output-file means nothing for a service with a token file, ${file}: libraries read the token there, and keep none.`,
    next: 'Leave --output-file out, or add --source executable.',
  })
}

function noTokenFile(): FederateError {
  return new FederateError({
    code: 'GCP_TOKEN_FILE',
    outcome: 'usage',
    problem:
      'A file source needs a file that something keeps filled with the issuer’s token, and the service has none.',
    next: 'Name it with --token-file, or use --source executable.',
  })
}
