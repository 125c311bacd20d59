import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type CallContext, FederateError } from '@federate/core'

const timeout = 60_000

/** The access token of whoever is signed in to gcloud. @throws FederateError (usage) `GCP_NO_CREDENTIALS` */
export async function gcloudToken({ env, signal }: Pick<CallContext, 'env' | 'signal'>): Promise<string> {
  const run = promisify(execFile)
  try {
    const { stdout } = await run('gcloud', ['auth', 'print-access-token', '--quiet'], {
      env: { ...env },
      signal,
      timeout,
    })
    const token = stdout.trim()
    if (token !== '') return token
  } catch (cause) {
    signal.throwIfAborted()
    throw noCredentials(cause)
  }
  throw noCredentials(undefined)
}

function noCredentials(cause: unknown): FederateError {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
  return new FederateError({
    code: 'GCP_NO_CREDENTIALS',
    outcome: 'usage',
    problem: `There are no credentials of a Google Cloud administrator: CLOUDSDK_AUTH_ACCESS_TOKEN is not set, there are no Application Default Credentials, and gcloud ${missing ? 'is not installed' : 'gave no token'}.`,
    next: 'Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS or CLOUDSDK_AUTH_ACCESS_TOKEN, and run the command again.',
    ...(cause === undefined ? {} : { cause }),
  })
}
