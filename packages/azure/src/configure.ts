import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  audiences,
  type CallContext,
  type ConfigurationWish,
  type Configured,
  FederateError,
  refuseOpenPlace,
  tryReadJwt,
  writeFileAtomically,
} from '@federate/core'
import { environmentFile, isPlain, mark, renewalLine, signInLines, tokenFileVariables } from './environment-file.ts'
import type { AzureRuntime } from './target.ts'

/**
 * Writes an environment file by which Azure's SDKs and Terraform exchange the token in a file themselves
 * (WorkloadIdentityCredential, and with it DefaultAzureCredential). It holds no secret.
 *
 * @throws FederateError (usage) `AZURE_TOKEN_FILE`, `AZURE_FILE_PATH`, `AZURE_FILE_TAKEN`; (refused)
 *   `AZURE_TOKEN_FILE_AUDIENCE`; (failed) `OUTPUT_FOLDER_OPEN`,
 *   `FILE_NOT_WRITTEN`.
 */
export async function configure(wish: ConfigurationWish<AzureRuntime>, { env }: CallContext): Promise<Configured> {
  const { service, target, directory, flags, runtime } = wish
  const path = flags['file'] ?? join(directory, `${service}.${target}.azure.env`)
  const { tokenFile, kept, warnings } = await tokenFileOf(wish)
  if (!isPlain(tokenFile)) throw notPlain(tokenFile)
  const environment = tokenFileVariables(runtime, tokenFile, env)
  const commands = [...(kept ? [] : [renewalLine(wish, tokenFile)]), ...signInLines(runtime, tokenFile)]
  const text = environmentFile(`${service}/${target}`, environment, commands)
  await refuseOpenPlace(path)
  const changed = (await present(path)) !== text
  if (changed) await writeFileAtomically(path, text, { mode: 0o644 })
  return {
    path,
    what: 'environment file',
    changed,
    warnings: [...warnings, ...misleading(env)],
    environment,
    commands,
  }
}

interface FederatedTokenFile {
  readonly tokenFile: string
  /** Whether something else keeps it filled. */
  readonly kept: boolean
  readonly warnings: readonly string[]
}

async function tokenFileOf(wish: ConfigurationWish<AzureRuntime>): Promise<FederatedTokenFile> {
  const { flags, auth, directory, runtime } = wish
  const named = flags['federatedTokenFile'] ?? runtime.federatedTokenFile
  if (named !== undefined) return { tokenFile: resolve(directory, named), kept: false, warnings: [] }
  if (auth.method !== 'token_file') throw noTokenFile()
  const tokenFile = resolve(directory, auth.file)
  return { tokenFile, kept: true, warnings: await judged(tokenFile, runtime) }
}

/** What hinders Entra from taking the service's own token file; a token for somebody else is refused at once. */
async function judged(tokenFile: string, { audience }: AzureRuntime): Promise<readonly string[]> {
  const text = await readFile(tokenFile, 'utf8').catch(() => undefined)
  const token = text === undefined ? undefined : tryReadJwt(text.trim())
  if (token === undefined) return [`${tokenFile} holds no token that can be read now: its audience was not checked.`]
  const found = audiences(token.claims)
  // Entra takes no token with several audiences, and compares letter by letter.
  if (found.length === 1 && found[0] === audience) return []
  throw new FederateError({
    code: 'AZURE_TOKEN_FILE_AUDIENCE',
    outcome: 'refused',
    problem: `The token in ${tokenFile} is for ${JSON.stringify(found)}, and Microsoft Entra expects exactly "${audience}".`,
    next: 'Let what fills the file ask for that one audience, or set the audience of the target in federate.yaml and run `federate setup azure`.',
  })
}

/**
 * What comes before a token file in the chain of DefaultAzureCredential, or takes it out of the chain ("Credential chains
 * in the Azure Identity client library", and EnvironmentCredential's variables).
 */
const winners = ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_USERNAME', 'AZURE_TOKEN_CREDENTIALS']
/** The other family: software that finds both takes now this, now that. */
const endpoints = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'MSI_ENDPOINT', 'MSI_SECRET', 'IMDS_ENDPOINT']

function misleading(env: CallContext['env']): string[] {
  const set = (name: string) => env[name] !== undefined && env[name] !== ''
  return [
    ...winners.filter(set).map((name) => `${name} is set here, and comes before the token file. Unset it.`),
    ...endpoints
      .filter(set)
      .map((name) => `${name} is set here, and belongs to the endpoint of managed identities. Unset it.`),
  ]
}

/** What stands there; only a file of the same kind is written over. */
async function present(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined || text.startsWith(mark)) return text
  throw new FederateError({
    code: 'AZURE_FILE_TAKEN',
    outcome: 'usage',
    problem: `${path} exists, and \`federate configure azure\` did not write it.`,
    next: 'Name another one with --file.',
  })
}

function notPlain(tokenFile: string): FederateError {
  return new FederateError({
    code: 'AZURE_FILE_PATH',
    outcome: 'usage',
    problem: `An environment file cannot name "${tokenFile}": no quotes mean the same to shells, systemd and Docker.`,
    next: 'Move the token to a path of letters, digits and . - _ /.',
  })
}

function noTokenFile(): FederateError {
  return new FederateError({
    code: 'AZURE_TOKEN_FILE',
    outcome: 'usage',
    problem: 'Azure’s SDKs need a file with the issuer’s token, and the service has none.',
    next: 'Name one with --federated-token-file; `federate credentials azure --format federated-token-file` fills it.',
  })
}
