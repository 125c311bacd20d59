import { type CallContext, sendRequest } from '@federate/core'
import { endpoint } from './endpoints.ts'
import { fromAdminAnswer } from './errors.ts'
import { parseProviderName } from './rules/provider.ts'
import type { GcpRuntime } from './target.ts'
import type { GcpCredentials } from './temporary-credentials.ts'

const peer = { prefix: 'GCP', name: 'Google Cloud' }

/**
 * Proves that credentials work by a call that needs no permission (projects.testIamPermissions). Google has no call that
 * tells a federated principal its name, so that is what the exchange made of it.
 *
 * @throws FederateError with a code of `fromAdminAnswer`.
 */
export async function identify(
  { accessToken, identity }: GcpCredentials,
  runtime: GcpRuntime,
  { env, fetch, signal }: CallContext,
): Promise<string> {
  const project = `projects/${parseProviderName(runtime.provider)?.project}`
  const answer = await sendRequest({
    fetch,
    peer,
    method: 'POST',
    url: `${endpoint('cloudresourcemanager', runtime, env)}/v3/${project}:testIamPermissions`,
    headers: { authorization: `Bearer ${accessToken}` },
    json: { permissions: ['resourcemanager.projects.get'] },
    secrets: [accessToken],
    signal,
  })
  if (answer.status === 200) return identity
  throw fromAdminAnswer(answer, { permission: 'resourcemanager.projects.testIamPermissions', resource: project })
}
