import { type CallContext, FederateError } from '@federate/core'
import { forEachLimited } from '@federate/core/plan'
import type { GcpWish } from '../wish.ts'
import type { GoogleClient } from './google-client.ts'
import { Policies } from './policies.ts'
import { ProjectState } from './project-state.ts'

/** A project, and who works in it. */
export interface ProjectWork {
  readonly id: string
  /** The number: principals and providers are named by it, never by the id. */
  readonly number: string
  readonly client: GoogleClient
  readonly policies: Policies
  readonly state: ProjectState
}

const projectsAtOnce = 8

/** The APIs that setup or the exchange calls (Configure WIF with other identity providers, "Enable the APIs"). */
const neededApis = ['iam', 'cloudresourcemanager', 'iamcredentials', 'sts'].map((api) => `${api}.googleapis.com`)

/**
 * Looks up the numbers of projects, and whether the APIs are enabled there.
 *
 * @throws FederateError `GCP_API_DISABLED`, `GCP_PROJECT_NUMBER`, or a code of `fromAdminAnswer`.
 */
export async function openProjects(
  wishes: readonly Pick<GcpWish, 'project' | 'projectNumber'>[],
  client: GoogleClient,
  context: CallContext,
): Promise<ReadonlyMap<string, ProjectWork>> {
  const ids = new Set(wishes.map(({ project }) => project))
  const works = new Map<string, ProjectWork>()
  const policies = new Policies(client)
  await forEachLimited([...ids], projectsAtOnce, async (id) => {
    const number = await lookUpNumber(id, client, context.signal)
    const given = wishes.flatMap(({ project, projectNumber }) => (project === id ? (projectNumber ?? []) : []))
    const wrong = given.find((one) => one !== number)
    if (wrong !== undefined) throw otherNumber(id, wrong, number)
    await refuseDisabledApis(id, client, context)
    works.set(id, { id, number, client, policies, state: new ProjectState(client, id) })
  })
  return works
}

async function lookUpNumber(project: string, client: GoogleClient, signal: AbortSignal): Promise<string> {
  const found = await client.call(
    {
      api: 'cloudresourcemanager',
      method: 'GET',
      path: `v3/projects/${project}`,
      permission: 'resourcemanager.projects.get',
      resource: `projects/${project}`,
      project,
    },
    signal,
  )
  return String(found['name']).replace(/^projects\//, '')
}

/** An API that the service needs at run time would be missed only there; who may not look is told so, and goes on. */
async function refuseDisabledApis(project: string, client: GoogleClient, context: CallContext): Promise<void> {
  const names = neededApis.map((api) => `names=projects/${project}/services/${api}`).join('&')
  const call = {
    api: 'serviceusage',
    method: 'GET',
    path: `v1/projects/${project}/services:batchGet?${names}`,
    permission: 'serviceusage.services.get',
    resource: `projects/${project}`,
    project,
  } as const
  let answer: Awaited<ReturnType<GoogleClient['call']>>
  try {
    answer = await client.call(call, context.signal)
  } catch (error) {
    if (!(error instanceof FederateError) || error.outcome !== 'refused') throw error
    context.warn(
      `Whether ${neededApis.join(', ')} are enabled in project ${project} could not be seen: ${error.problem}`,
    )
    return
  }
  const services: readonly unknown[] = Array.isArray(answer['services']) ? answer['services'] : []
  const disabled = neededApis.filter((api) => services.some((service) => isDisabled(service, api)))
  if (disabled.length > 0) throw apisDisabled(disabled, project)
}

function isDisabled(service: unknown, api: string): boolean {
  if (typeof service !== 'object' || service === null || !('name' in service) || !('state' in service)) return false
  return String(service.name).endsWith(`/${api}`) && service.state === 'DISABLED'
}

function apisDisabled(disabled: readonly string[], project: string): FederateError {
  return new FederateError({
    code: 'GCP_API_DISABLED',
    outcome: 'refused',
    problem: `Project ${project} has not enabled ${disabled.join(', ')}, and federation needs ${disabled.length === 1 ? 'it' : 'them'}.`,
    next: `Run \`gcloud services enable ${disabled.join(' ')} --project ${project}\`, wait a minute, and run the command again.`,
    details: { project, disabled },
  })
}

function otherNumber(project: string, given: string, actual: string): FederateError {
  return new FederateError({
    code: 'GCP_PROJECT_NUMBER',
    outcome: 'usage',
    problem: `federate.yaml says that project ${project} has the number ${given}, and Google says ${actual}.`,
    next: `Write projectNumber: "${actual}", or correct the project.`,
    details: { expected: given, actual },
  })
}
