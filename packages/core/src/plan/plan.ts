import { FederateError } from '../errors.ts'
import { canonicalJson, planFingerprint } from './fingerprint.ts'
import { inDependencyOrder } from './order.ts'
import { forEachLimited, mapLimited } from './pool.ts'
import type { Change, Outputs, Resource } from './resource.ts'

export type Action =
  | 'create'
  | 'update'
  /** Exists without a mark, and was named to be taken over. */
  | 'adopt'
  | 'delete'
  /** Others use it, or had it before us: our part of it goes, and it stays. */
  | 'release'
  | 'none'
  /** Ours, but no longer in federate.yaml: goes with `--prune`. */
  | 'unwanted'
  /** Exists and is not ours to change. */
  | 'blocked'

/** One resource's part of a plan: everything that is shown of it. */
export interface PlannedStep {
  readonly address: string
  readonly label: string
  readonly services: readonly string[]
  readonly action: Action
  readonly changes: readonly Change[]
  /** Why nothing is done, or what others lose when it is. */
  readonly reason?: string
  /** What can be done about it, as a full sentence. */
  readonly remedy?: string
}

/** A step together with the resource that carries it out. */
export interface PlannedWork {
  readonly step: PlannedStep
  readonly resource: Resource
}

export interface Plan {
  readonly owner: string
  readonly work: readonly PlannedWork[]
  /** What exists already, by address: what later parts of the plan may need. */
  readonly existing: ReadonlyMap<string, unknown>
  /** Names this very plan: `setup --expect` applies only a plan that has it. */
  readonly fingerprint: string
}

export interface PlanRequest {
  readonly owner: string
  readonly resources: readonly Resource[]
  /** What bears the owner's mark, wanted or not. */
  readonly found: readonly Resource[]
  /** Addresses of unmarked objects to take over. Default: none. */
  readonly adopt?: ReadonlySet<string>
  /** Delete what is ours and no longer wanted, and take from others what a change takes from them. Default: false. */
  readonly prune?: boolean
  readonly signal: AbortSignal
}

const readsAtOnce = 8

/**
 * Compares what is wanted with what is there.
 *
 * @throws FederateError `PLAN_ADOPT_UNKNOWN` when `adopt` names what is no unmarked object of this plan.
 */
export async function makePlan(request: PlanRequest): Promise<Plan> {
  const wanted = inDependencyOrder(request.resources)
  const existing = await readAll(wanted, request.signal)
  const work = await mapLimited(wanted, readsAtOnce, (resource) => planOne(resource, existing, request))
  refuseUnknownAdoptions(request, work)
  const unwanted = await planUnwanted(request)
  return finish(request.owner, [...unwanted, ...work], existing)
}

/** Plans the deletion of everything given, dependents first. */
export async function makeDestroyPlan(request: Omit<PlanRequest, 'resources' | 'adopt' | 'prune'>): Promise<Plan> {
  const found = inDependencyOrder(request.found).reverse()
  const existing = await readAll(found, request.signal)
  const work = await mapLimited(found, readsAtOnce, async (resource) => {
    const actual = existing.get(resource.address)
    return actual === undefined ? [] : [await removalOf(resource, actual, request.signal)]
  })
  return finish(request.owner, work.flat(), existing)
}

/** Whether applying the plan would change anything. */
export function hasChanges(plan: Plan): boolean {
  return plan.work.some(({ step }) => step.action !== 'none')
}

/** The steps that stand in the way of applying the plan. */
export function blockedSteps(plan: Plan): readonly PlannedStep[] {
  return plan.work.map(({ step }) => step).filter((step) => step.action === 'blocked')
}

function finish(owner: string, work: readonly PlannedWork[], existing: ReadonlyMap<string, unknown>): Plan {
  const steps = work.map(({ step }) => step)
  return { owner, work, existing, fingerprint: planFingerprint(owner, steps) }
}

async function readAll(resources: readonly Resource[], signal: AbortSignal): Promise<Map<string, unknown>> {
  const existing = new Map<string, unknown>()
  await forEachLimited(resources, readsAtOnce, async (resource) => {
    const actual = await resource.read(signal)
    if (actual !== undefined) existing.set(resource.address, actual)
  })
  return existing
}

async function planOne(resource: Resource, existing: Outputs, request: PlanRequest): Promise<PlannedWork> {
  const actual = existing.get(resource.address)
  const desired = resource.desired(existing)
  const changes = resource.diff(desired, actual)
  if (actual === undefined) return workOf(resource, 'create', changes)
  switch (resource.ownership(actual)) {
    case 'ours':
    case 'shared': {
      if (changes.length === 0) return workOf(resource, 'none', changes)
      const loss = await resource.losses?.(actual, desired, request.signal)
      if (loss === undefined || request.prune === true) return workOf(resource, 'update', changes, reasonOf(loss))
      return blocked(resource, changes, loss, 'Take it from them with `--prune`, or keep it in federate.yaml.')
    }
    case 'unmarked':
      if (request.adopt?.has(resource.address)) return workOf(resource, 'adopt', changes)
      return blocked(
        resource,
        changes,
        'It exists and bears no mark of federate, so it is left alone.',
        `Take it over with \`--adopt ${resource.address}\`, or choose another name in federate.yaml.`,
      )
    case 'others':
      return blocked(
        resource,
        changes,
        'It bears the mark of another owner.',
        'Choose another name in federate.yaml, or ask that owner.',
      )
  }
}

async function planUnwanted(request: PlanRequest): Promise<PlannedWork[]> {
  const wanted = new Set(request.resources.map((resource) => resource.address))
  const unwanted = inDependencyOrder(request.found.filter((resource) => !wanted.has(resource.address))).reverse()
  const existing = await readAll(unwanted, request.signal)
  const work = await mapLimited(unwanted, readsAtOnce, async (resource) => {
    const actual = existing.get(resource.address)
    if (actual === undefined) return []
    const removal = await removalOf(resource, actual, request.signal)
    if (request.prune === true) return [removal]
    const { changes, reason: loss = '' } = removal.step
    const reason = `It is ours and no longer in federate.yaml. ${loss}`.trim()
    return [workOf(resource, 'unwanted', changes, { reason, remedy: 'Delete it with `--prune`.' })]
  })
  return work.flat()
}

async function removalOf(resource: Resource, actual: unknown, signal: AbortSignal): Promise<PlannedWork> {
  const removal = resource.removal(actual)
  if (resource.remains?.(actual) === true) return workOf(resource, 'release', removal)
  return workOf(resource, 'delete', removal, reasonOf(await resource.losses?.(actual, undefined, signal)))
}

function reasonOf(reason: string | undefined): Pick<PlannedStep, 'reason'> {
  return reason === undefined ? {} : { reason }
}

/** Whether a step takes something away instead of making it so. */
export function isRemoval({ action }: PlannedStep): boolean {
  return action === 'delete' || action === 'release'
}

function workOf(
  resource: Resource,
  action: Action,
  changes: readonly Change[],
  notes: Pick<PlannedStep, 'reason' | 'remedy'> = {},
): PlannedWork {
  const { address, label, services } = resource
  return { resource, step: { address, label, services, action, changes, ...notes } }
}

function blocked(resource: Resource, changes: readonly Change[], reason: string, remedy: string): PlannedWork {
  return workOf(resource, 'blocked', changes, { reason, remedy })
}

function refuseUnknownAdoptions(request: PlanRequest, work: readonly PlannedWork[]): void {
  const adopted = new Set(work.filter(({ step }) => step.action === 'adopt').map(({ step }) => step.address))
  const unknown = [...(request.adopt ?? [])].filter((address) => !adopted.has(address))
  if (unknown.length === 0) return
  const possible = work.filter(({ step }) => step.action === 'blocked').map(({ step }) => step.address)
  throw new FederateError({
    code: 'PLAN_ADOPT_UNKNOWN',
    outcome: 'usage',
    problem: `--adopt names ${unknown.join(', ')}, but what can be adopted here is ${possible.join(', ') || 'nothing'}.`,
    next: 'Run `federate plan` and copy the address from there.',
  })
}

/** Tells whether two lists of changes are the same; a value that was unknown then may be anything now. */
export function sameChanges(planned: readonly Change[], now: readonly Change[]): boolean {
  if (planned.length !== now.length) return false
  return planned.every((change, index) => {
    const other = now[index]
    if (other === undefined || other.field !== change.field) return false
    if (canonicalJson(change.before) !== canonicalJson(other.before)) return false
    return change.after?.kind === 'unknown' || canonicalJson(change.after) === canonicalJson(other.after)
  })
}
