import { createPrivateKey, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type CallContext, FederateError } from '@federate/core'
import { cloudPlatformScope } from '../target.ts'

/** A request to Google's OAuth server that gives an administrator's access token. */
export interface TokenGrant {
  readonly url: string
  readonly form: Readonly<Record<string, string>>
  /** The project that calls are counted for, where the credentials name one. */
  readonly quotaProject: string | undefined
}

/** Google's OAuth server (Application Default Credentials leave it to the libraries to know it). */
const tokenUrl = 'https://oauth2.googleapis.com/token'
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const assertionLifetime = 600

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads Application Default Credentials: the file that GOOGLE_APPLICATION_CREDENTIALS names, else the one that
 * `gcloud auth application-default login` wrote. `undefined` where there is none, or one of a kind that gcloud can use and
 * this cannot.
 *
 * @throws FederateError (usage) `GCP_CREDENTIALS_FILE` for a file that was named and cannot be read.
 */
export async function defaultCredentials({
  env,
  now,
}: Pick<CallContext, 'env' | 'now'>): Promise<TokenGrant | undefined> {
  const named = env['GOOGLE_APPLICATION_CREDENTIALS'] || undefined
  const fields = await readJson(named ?? wellKnownPath(env), named !== undefined)
  if (fields?.['type'] === 'authorized_user') return userGrant(fields)
  if (fields?.['type'] === 'service_account') return keyGrant(fields, Math.floor(now() / 1000))
  return undefined
}

/** Where gcloud keeps them ("How Application Default Credentials works"). */
function wellKnownPath(env: CallContext['env']): string {
  const folder = env['CLOUDSDK_CONFIG'] ?? (env['APPDATA'] === undefined ? undefined : join(env['APPDATA'], 'gcloud'))
  return join(folder ?? join(env['HOME'] ?? homedir(), '.config', 'gcloud'), 'application_default_credentials.json')
}

async function readJson(path: string, named: boolean): Promise<Fields | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch (cause) {
    if (!named) return undefined
    throw new FederateError({
      code: 'GCP_CREDENTIALS_FILE',
      outcome: 'usage',
      problem: `GOOGLE_APPLICATION_CREDENTIALS names ${path}, which ${cause instanceof SyntaxError ? 'is no JSON' : 'cannot be read'}.`,
      next: 'Correct the variable, or unset it and run `gcloud auth application-default login`.',
    })
  }
}

/** RFC 6749 section 6. */
function userGrant(fields: Fields): TokenGrant {
  const [client_id, client_secret, refresh_token] = ['client_id', 'client_secret', 'refresh_token'].map((name) =>
    text(fields, name),
  )
  return {
    url: tokenUrl,
    form: {
      grant_type: 'refresh_token',
      client_id: client_id ?? '',
      client_secret: client_secret ?? '',
      refresh_token: refresh_token ?? '',
    },
    quotaProject: text(fields, 'quota_project_id') || undefined,
  }
}

/** RFC 7523, as "Using OAuth 2.0 for Server to Server Applications" has it. */
function keyGrant(fields: Fields, now: number): TokenGrant {
  const url = text(fields, 'token_uri') || tokenUrl
  const header = { alg: 'RS256', typ: 'JWT', kid: text(fields, 'private_key_id') }
  const times = { iat: now, exp: now + assertionLifetime }
  const claims = { iss: text(fields, 'client_email'), scope: cloudPlatformScope, aud: url, ...times }
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = sign('sha256', Buffer.from(signed), createPrivateKey(text(fields, 'private_key')))
  const assertion = `${signed}.${signature.toString('base64url')}`
  return {
    url,
    form: { grant_type: jwtBearer, assertion },
    quotaProject: text(fields, 'quota_project_id') || undefined,
  }
}

function text(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}
