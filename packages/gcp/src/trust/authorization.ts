import { type CallContext, FederateError } from '@federate/core'
import { GoogleAuth, Impersonated } from 'google-auth-library'
import { cloudPlatformScope } from '../target.ts'
import type { GcpAccess } from './access.ts'

/** The headers that say who the administrator is. */
export type Authorization = () => Promise<Readonly<Record<string, string>>>

/** Variables with an access token: gcloud's property auth/access_token, and the name that Terraform's provider reads. */
const tokenVariables = ['CLOUDSDK_AUTH_ACCESS_TOKEN', 'GOOGLE_OAUTH_ACCESS_TOKEN']

/**
 * Finds the administrator's credentials: an access token in the environment, else Application Default Credentials as
 * Google's libraries find them (GOOGLE_APPLICATION_CREDENTIALS, `gcloud auth application-default login`, the metadata
 * server).
 *
 * The result throws FederateError (usage) `GCP_NO_CREDENTIALS`.
 */
export function authorization(access: GcpAccess | undefined, { env }: Pick<CallContext, 'env'>): Authorization {
  const given = tokenVariables.map((name) => env[name]).find((token) => token !== undefined && token !== '')
  const quota = access?.quotaProject === undefined ? {} : { 'x-goog-user-project': access.quotaProject }
  if (given !== undefined && access?.impersonate === undefined) {
    return async () => ({ authorization: `Bearer ${given}`, ...quota })
  }
  const client = defaultClient(access?.impersonate)
  return async () => ({ ...(await headersOf(client)), ...quota })
}

type Client = () => ReturnType<GoogleAuth['getClient']>

function defaultClient(impersonate: string | undefined): Client {
  const auth = new GoogleAuth({ scopes: [cloudPlatformScope] })
  if (impersonate === undefined) return () => auth.getClient()
  return async () =>
    new Impersonated({
      sourceClient: await auth.getClient(),
      targetPrincipal: impersonate,
      targetScopes: [cloudPlatformScope],
    })
}

async function headersOf(client: Client): Promise<Record<string, string>> {
  try {
    const headers = await (await client()).getRequestHeaders()
    return Object.fromEntries(headers)
  } catch (cause) {
    throw new FederateError({
      code: 'GCP_NO_CREDENTIALS',
      outcome: 'usage',
      problem: `There are no usable credentials of a Google Cloud administrator: ${cause instanceof Error ? cause.message : String(cause)}`,
      next: 'Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS or CLOUDSDK_AUTH_ACCESS_TOKEN, and run the command again.',
      cause,
    })
  }
}
