import type { Project } from '@federate/sandbox'
import { billingAlone, makePlace, type Place } from '../cli/harness.ts'

export const project = 'acme-prod'
export const account = `billing@${project}.iam.gserviceaccount.com`
export const pool = 'acme-main'

/** Two services at one issuer, with and without a service account. */
export const twoServices = `${billingAlone}    claims: { environment: production }
    targets:
      lake: { cloud: gcp, project: ${project}, serviceAccount: billing, roles: [roles/storage.objectViewer] }
  reporting:
    auth: { method: client_secret_basic, secret: { file: secrets/reporting } }
    targets:
      lake: { cloud: gcp, project: ${project}, roles: [roles/bigquery.user] }
`

/** A place whose sandbox has Google's part of this federate.yaml. */
export async function googlePlace(yaml = twoServices): Promise<Place> {
  const place = await makePlace(yaml)
  await place.startSandbox()
  return place
}

/** How often each method was called since the last time that this was asked. */
export function takeCalls(place: Place): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  const { requests } = place.sandbox.gcp
  const start = seen.get(place) ?? 0
  seen.set(place, requests.length)
  for (const name of requests.slice(start)) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

const seen = new WeakMap<Place, number>()

type PoolRecord = NonNullable<ReturnType<Project['pools']['get']>>
type ProviderRecord = NonNullable<ReturnType<PoolRecord['providers']['get']>>
type Provider = NonNullable<ProviderRecord['current']>

/** A provider as it stands in the sandbox. */
export function provider(place: Place): { readonly record: ProviderRecord; readonly current: Provider } {
  const record = place.sandbox.gcp.project(project).pools.get(pool)?.providers.get('keycloak')
  const { current } = record ?? {}
  if (record === undefined || current === undefined) throw new Error('there is no provider yet')
  return { record, current }
}

/** The members of a role in the project's policy. */
export function projectMembers(place: Place, role: string): readonly string[] {
  const bindings = place.sandbox.gcp.project(project).policy.current?.bindings ?? []
  return bindings.filter((binding) => binding.role === role).flatMap(({ members }) => members)
}

/** A call that needs no permission, at the sandbox's Google: it takes living tokens that it issued, and no others. */
export async function isTaken(
  { sandbox }: Pick<Place, 'sandbox'>,
  accessToken: string | null | undefined,
): Promise<boolean> {
  const base = sandbox.env['CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER'] ?? ''
  const answer = await fetch(`${base.replace(/\/$/, '')}/v3/projects/${project}:testIamPermissions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ permissions: ['resourcemanager.projects.get'] }),
  })
  return answer.status === 200
}
