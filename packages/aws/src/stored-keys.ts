import type { CallContext } from '@federate/core'
import { profileSettings } from './shared-files/profile-text.ts'
import { readSharedFile, sharedFilePath } from './shared-files/shared-file.ts'

/**
 * Where the AWS SDKs of this environment find an access key before anything that is lent: the variables, then the profile
 * of the shared credentials file ("Credentials and profile precedence", AWS SDKs and Tools reference).
 */
export async function storedKeys(env: CallContext['env']): Promise<readonly string[]> {
  const variables = env['AWS_ACCESS_KEY_ID'] ? ['AWS_ACCESS_KEY_ID'] : []
  const path = sharedFilePath('credentials', env)
  const profile = env['AWS_PROFILE'] || 'default'
  const settings = profileSettings(await readSharedFile(path), profile)
  // Those with a session token expire: they were lent, too.
  const holdsKey = settings.has('aws_access_key_id') && !settings.has('aws_session_token')
  return holdsKey ? [...variables, `profile ${profile} of ${path}`] : variables
}
