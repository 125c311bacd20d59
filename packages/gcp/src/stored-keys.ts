import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CallContext } from '@federate/core'

/** Types of credential files that hold what never expires: a service account's key, a person's refresh token. */
const stored = /^(?:service_account|authorized_user|impersonated_service_account)$/

/**
 * Where Google's libraries of this environment find a key: the file that the variable names, else that of `gcloud auth
 * application-default login` (Google Cloud, "How Application Default Credentials works").
 */
export async function storedKeys(env: CallContext['env']): Promise<readonly string[]> {
  const named = env['GOOGLE_APPLICATION_CREDENTIALS']
  const path = named || defaultFile(env)
  const type = path === undefined ? undefined : await typeOf(path)
  if (type === undefined || !stored.test(type)) return []
  return [`${path} (type ${type}${named ? ', which GOOGLE_APPLICATION_CREDENTIALS names' : ''})`]
}

function defaultFile({ CLOUDSDK_CONFIG, APPDATA, HOME }: CallContext['env']): string | undefined {
  const folder = CLOUDSDK_CONFIG || (APPDATA ? join(APPDATA, 'gcloud') : HOME && join(HOME, '.config', 'gcloud'))
  return folder ? join(folder, 'application_default_credentials.json') : undefined
}

async function typeOf(path: string): Promise<string | undefined> {
  try {
    const file: unknown = JSON.parse(await readFile(path, 'utf8'))
    const type: unknown = typeof file === 'object' && file !== null && 'type' in file ? file.type : undefined
    return typeof type === 'string' ? type : undefined
  } catch {
    // Not there, or nothing that a library would read.
    return undefined
  }
}
