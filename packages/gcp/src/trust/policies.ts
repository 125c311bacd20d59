import { FederateError, type Sleep, sleep } from '@federate/core'
import type { GoogleClient, GoogleObject } from './google-client.ts'

/** One binding, as it was read: what we do not know of it is written back as it is. */
type Binding = GoogleObject & { readonly role: string; readonly members: readonly string[] }

/** An IAM policy with everything that Google gave. */
interface Policy {
  readonly raw: GoogleObject
  readonly bindings: readonly Binding[]
}

/** What has an IAM policy: a project, or a service account in it. */
export interface PolicyPlace {
  readonly api: 'cloudresourcemanager' | 'iam'
  /** `v3/projects/acme-prod`, `v1/projects/-/serviceAccounts/…`. */
  readonly path: string
  readonly resource: string
  /** For people. */
  readonly label: string
  readonly project: string
  /** What its permissions begin with: `resourcemanager.projects`. */
  readonly permissions: string
  /** The account's email address, where federate makes it: it may not be there yet. */
  readonly account?: string
}

export function projectPlace(project: string): PolicyPlace {
  const resource = `projects/${project}`
  const permissions = 'resourcemanager.projects'
  return {
    api: 'cloudresourcemanager',
    path: `v3/projects/${project}`,
    resource,
    label: `project ${project}`,
    project,
    permissions,
  }
}

/** @param own whether federate makes the account, in this project. */
export function accountPlace(email: string, project: string, own: boolean): PolicyPlace {
  const path = `v1/projects/-/serviceAccounts/${email}`
  const permissions = 'iam.serviceAccounts'
  const resource = `projects/${project}/serviceAccounts/${email}`
  return {
    api: 'iam',
    path,
    resource,
    label: `service account ${email}`,
    project,
    permissions,
    ...(own ? { account: email } : {}),
  }
}

const tries = 8
const firstWait = 0.25
const longestWait = 2

/** IAM policies, each read once for a whole plan, and changed only as a whole that nobody else has changed meanwhile. */
export class Policies {
  readonly #client: GoogleClient
  readonly #sleep: Sleep
  readonly #read = new Map<string, Promise<Policy>>()

  constructor(client: GoogleClient, wait: Sleep = sleep) {
    this.#client = client
    this.#sleep = wait
  }

  /** Whether a member has a role without any condition, as the whole plan sees it. */
  async has(place: PolicyPlace, role: string, member: string, signal: AbortSignal): Promise<boolean> {
    return holds(await this.#known(place, signal), role, member)
  }

  /** As `has`, read afresh. */
  async hasNow(place: PolicyPlace, role: string, member: string, signal: AbortSignal): Promise<boolean> {
    return holds(await this.#fresh(place, signal), role, member)
  }

  /** All pairs of role and member without any condition. */
  async grants(place: PolicyPlace, signal: AbortSignal): Promise<readonly { role: string; member: string }[]> {
    const { bindings } = await this.#known(place, signal)
    return bindings.filter(isUnconditional).flatMap(({ role, members }) => members.map((member) => ({ role, member })))
  }

  /** The whole policy, as Google gives it. */
  async raw(place: PolicyPlace, signal: AbortSignal): Promise<GoogleObject> {
    return (await this.#known(place, signal)).raw
  }

  add(place: PolicyPlace, role: string, member: string, signal: AbortSignal): Promise<void> {
    return this.#change(place, signal, (bindings) => {
      const there = bindings.find((binding) => binding.role === role && isUnconditional(binding))
      if (there === undefined) return [...bindings, { role, members: [member] }]
      return bindings.map((one) => (one === there ? { ...one, members: [...one.members, member] } : one))
    })
  }

  remove(place: PolicyPlace, role: string, member: string, signal: AbortSignal): Promise<void> {
    return this.#change(place, signal, (bindings) =>
      bindings
        .map((one) =>
          one.role === role && isUnconditional(one)
            ? { ...one, members: one.members.filter((each) => each !== member) }
            : one,
        )
        .filter(({ members }) => members.length > 0),
    )
  }

  /** Reads, changes and writes until nobody else did in between. @throws FederateError `GCP_POLICY_BUSY` */
  async #change(
    place: PolicyPlace,
    signal: AbortSignal,
    changed: (bindings: readonly Binding[]) => readonly Binding[],
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { raw, bindings } = await this.#fresh(place, signal)
      try {
        await this.#write(place, { ...raw, version: 3, bindings: changed(bindings) }, signal)
        this.#read.delete(place.path)
        return
      } catch (error) {
        if (!(error instanceof FederateError) || !passes(error)) throw error
        if (attempt === tries) throw busy(place, error)
        await this.#sleep(Math.min(longestWait, firstWait * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2), signal)
      }
    }
  }

  #known(place: PolicyPlace, signal: AbortSignal): Promise<Policy> {
    const known = this.#read.get(place.path)
    if (known !== undefined) return known
    const read = this.#fresh(place, signal)
    this.#read.set(place.path, read)
    return read
  }

  /** Version 3, or Google would leave conditions out, and writing the policy back would lose them. */
  async #fresh(place: PolicyPlace, signal: AbortSignal): Promise<Policy> {
    const { api, path, permissions, resource, project } = place
    const ask = 'options.requestedPolicyVersion=3'
    const raw = await this.#client.call(
      {
        api,
        method: 'POST',
        path: api === 'iam' ? `${path}:getIamPolicy?${ask}` : `${path}:getIamPolicy`,
        ...(api === 'iam' ? {} : { body: { options: { requestedPolicyVersion: 3 } } }),
        permission: `${permissions}.getIamPolicy`,
        resource,
        project,
      },
      signal,
    )
    const bindings: readonly unknown[] = Array.isArray(raw['bindings']) ? raw['bindings'] : []
    return { raw, bindings: bindings.filter(isBinding) }
  }

  #write({ api, path, permissions, resource, project }: PolicyPlace, policy: object, signal: AbortSignal) {
    const permission = `${permissions}.setIamPolicy`
    const call = {
      api,
      method: 'POST',
      path: `${path}:setIamPolicy`,
      body: { policy },
      permission,
      resource,
      project,
    } as const
    return this.#client.call(call, signal)
  }
}

/** Somebody else wrote meanwhile; or a member, new itself, is not known there yet. */
function passes({ details }: FederateError): boolean {
  return details['googleCode'] === 'ABORTED' || /does not exist/.test(String(details['googleMessage']))
}

function isBinding(value: unknown): value is Binding {
  if (typeof value !== 'object' || value === null || !('role' in value) || !('members' in value)) return false
  return typeof value.role === 'string' && Array.isArray(value.members)
}

function isUnconditional(binding: Binding): boolean {
  return binding['condition'] === undefined
}

function holds({ bindings }: Policy, role: string, member: string): boolean {
  return bindings.some((one) => one.role === role && isUnconditional(one) && one.members.includes(member))
}

function busy({ resource }: PolicyPlace, cause: FederateError): FederateError {
  return new FederateError({
    code: 'GCP_POLICY_BUSY',
    outcome: 'failed',
    problem: `The IAM policy of ${resource} was changed by somebody else each of the ${tries} times that it was to be written. It was not overwritten.`,
    next: 'Find out what else changes this policy (Terraform, a controller), and run the command again.',
    cause,
  })
}
