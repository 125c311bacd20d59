import {
  type CallContext,
  type ConfigurationWish,
  type Configured,
  FederateError,
  type FilePlace,
  type Profiles,
} from '@federate/core'
import type { AwsRuntime } from '../target.ts'
import type { AwsCredentials } from '../temporary-credentials.ts'
import { commandLine } from './command-line.ts'
import { profileSettings, withSettings } from './profile-text.ts'
import { changeSharedFile, readSharedFile, sharedFilePath } from './shared-file.ts'

/** The shared credentials file of all AWS SDKs and of the AWS CLI. */
export const profiles: Profiles<AwsCredentials> = { store }

/** Puts credentials into a profile of the shared credentials file. @throws FederateError `AWS_PROFILE_TAKEN` */
async function store(credentials: AwsCredentials, profile: string, { env }: CallContext): Promise<string> {
  refuseName(profile)
  const path = sharedFilePath('credentials', env)
  await changeSharedFile(path, (before) => withCredentials({ path, before, profile }, credentials))
  return path
}

/**
 * The text of a shared credentials file with these credentials in a profile of it; all else stays.
 *
 * @throws FederateError `AWS_PROFILE_TAKEN` when the profile holds long-lived keys: they could not be got back.
 */
export function withCredentials(
  { path, before, profile }: Omit<FilePlace, 'now'>,
  credentials: AwsCredentials,
): string {
  const keyId = profileSettings(before, profile).get('aws_access_key_id')
  if (keyId?.startsWith('AKIA')) throw longLived(path, profile)
  return withSettings(before, profile, {
    aws_access_key_id: credentials.accessKeyId,
    aws_secret_access_key: credentials.secretAccessKey,
    aws_session_token: credentials.sessionToken,
    aws_account_id: credentials.accountId,
    // No SDK reads it; people and other tools do.
    x_security_token_expires: credentials.expiresAt.toISOString(),
  })
}

/**
 * Makes a profile of the shared config file that gets its credentials by running a command.
 *
 * @throws FederateError `AWS_PROFILE_TAKEN` when the profile runs another program.
 */
export async function configure(
  { command, service, runtime, flags: { profile = service } }: ConfigurationWish<AwsRuntime>,
  { env }: CallContext,
): Promise<Configured> {
  refuseName(profile)
  const path = sharedFilePath('config', env)
  const section = profile === 'default' ? 'default' : `profile ${profile}`
  const process = commandLine(command)
  const settings = {
    credential_process: process,
    ...(runtime.region === undefined ? {} : { region: runtime.region }),
  }
  const changed = await changeSharedFile(path, (text) => {
    refuseOtherProgram(path, profile, profileSettings(text, section).get('credential_process'))
    return withSettings(text, section, settings)
  })
  const own = profileSettings(await readSharedFile(path), section)
  const warnings = [...shadows(path, profile, own), ...(await staticKeys(profile, env))]
  return { path, what: `profile ${profile}`, changed, warnings, environment: { AWS_PROFILE: profile } }
}

/** What wins over credential_process in the same profile (AWS SDKs and Tools reference, credential provider chain). */
const winners = ['aws_access_key_id', 'role_arn', 'web_identity_token_file', 'sso_session', 'sso_start_url']

function shadows(path: string, profile: string, settings: ReadonlyMap<string, string>): string[] {
  return winners
    .filter((key) => settings.has(key))
    .map((key) => `${path}: the profile ${profile} also has ${key}, which wins over credential_process. Remove it.`)
}

async function staticKeys(profile: string, env: CallContext['env']): Promise<string[]> {
  const path = sharedFilePath('credentials', env)
  return shadows(path, profile, profileSettings(await readSharedFile(path), profile))
}

function refuseOtherProgram(path: string, profile: string, present: string | undefined): void {
  if (present === undefined || /\bcredentials aws\b/.test(present)) return
  throw new FederateError({
    code: 'AWS_PROFILE_TAKEN',
    outcome: 'usage',
    problem: `The profile ${profile} in ${path} runs another program for its credentials: ${present}.`,
    next: 'Name another profile with --profile, or take its credential_process out first.',
  })
}

function longLived(path: string, profile: string): FederateError {
  return new FederateError({
    code: 'AWS_PROFILE_TAKEN',
    outcome: 'usage',
    problem: `The profile ${profile} in ${path} holds a long-lived access key, which would be overwritten.`,
    next: 'Name another profile, or take that key out of the file first.',
  })
}

function refuseName(profile: string): void {
  if (/^[\w.@/+-]+$/.test(profile)) return
  throw new FederateError({
    code: 'AWS_PROFILE_NAME',
    outcome: 'usage',
    problem: `"${profile}" is no name for a profile: letters, digits and . @ / + - _ were expected.`,
    next: 'Choose a plain name.',
  })
}
