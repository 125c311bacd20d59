import { type CallContext, FederateError, type HttpAnswer, sendRequest, tryJsonObject } from '@federate/core'
import { endpoint } from '../endpoints.ts'
import { fromAdminAnswer } from '../errors.ts'
import { cloudPlatformScope } from '../target.ts'
import type { GcpAccess } from './access.ts'
import { defaultCredentials } from './default-credentials.ts'
import { gcloudToken } from './gcloud.ts'

/** The headers that say who the administrator is. */
export type Authorization = () => Promise<Readonly<Record<string, string>>>

interface AdminToken {
  readonly token: string
  readonly quotaProject?: string | undefined
}

/** Variables with an access token: gcloud's property auth/access_token, and the name that Terraform's provider reads. */
const tokenVariables = ['CLOUDSDK_AUTH_ACCESS_TOKEN', 'GOOGLE_OAUTH_ACCESS_TOKEN']
const peer = { prefix: 'GCP', name: 'Google Cloud' }

/**
 * Finds the administrator's credentials, once for a whole run: an access token in the environment, Application Default
 * Credentials (a user's or a service account's key), else what `gcloud auth print-access-token` says, which knows all
 * other ways.
 *
 * The result throws FederateError (usage) `GCP_NO_CREDENTIALS`, `GCP_CREDENTIALS_FILE`, (refused) `GCP_LOGIN_EXPIRED`.
 */
export function authorization(access: GcpAccess | undefined, context: CallContext): Authorization {
  let found: Promise<Readonly<Record<string, string>>> | undefined
  return () => {
    found ??= headers(access ?? {}, context)
    return found
  }
}

async function headers(access: GcpAccess, context: CallContext): Promise<Readonly<Record<string, string>>> {
  const own = await ownToken(context)
  const token =
    access.impersonate === undefined ? own.token : await impersonated(access.impersonate, own.token, context)
  const quotaProject = access.quotaProject ?? own.quotaProject
  return {
    authorization: `Bearer ${token}`,
    ...(quotaProject === undefined ? {} : { 'x-goog-user-project': quotaProject }),
  }
}

async function ownToken(context: CallContext): Promise<AdminToken> {
  const given = tokenVariables.map((name) => context.env[name]).find((token) => token !== undefined && token !== '')
  if (given !== undefined) return { token: given }
  const grant = await defaultCredentials(context)
  if (grant === undefined) return { token: await gcloudToken(context) }
  const { url, form, quotaProject } = grant
  const { fetch, signal } = context
  const answer = await sendRequest({ fetch, peer, method: 'POST', url, form, secrets: Object.values(form), signal })
  const token = answer.status === 200 ? tryJsonObject(answer)?.['access_token'] : undefined
  if (typeof token !== 'string') throw loginExpired(answer)
  return { token, quotaProject }
}

async function impersonated(email: string, token: string, { fetch, signal, env }: CallContext): Promise<string> {
  const answer = await sendRequest({
    fetch,
    peer,
    method: 'POST',
    url: `${endpoint('iamcredentials', {}, env)}/v1/projects/-/serviceAccounts/${email}:generateAccessToken`,
    headers: { authorization: `Bearer ${token}` },
    json: { scope: [cloudPlatformScope] },
    secrets: [token],
    signal,
  })
  const own = answer.status === 200 ? tryJsonObject(answer)?.['accessToken'] : undefined
  if (typeof own === 'string') return own
  throw fromAdminAnswer(answer, { permission: 'iam.serviceAccounts.getAccessToken', resource: email })
}

function loginExpired(answer: HttpAnswer): FederateError {
  const { error, error_subtype: subtype }: Readonly<Record<string, unknown>> = tryJsonObject(answer) ?? {}
  const said = [error, subtype].filter((one) => typeof one === 'string').join(', ')
  return new FederateError({
    code: 'GCP_LOGIN_EXPIRED',
    outcome: 'refused',
    problem: `Google gave no access token for the administrator's Application Default Credentials: status ${answer.status}${said === '' ? '' : `, ${said}`}.`,
    next: 'Run `gcloud auth application-default login` again, and then the command.',
  })
}
