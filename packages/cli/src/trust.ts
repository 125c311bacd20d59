import { dirname } from 'node:path'
import type { CallContext, Cloud, FederateFile, TargetWish, Trust } from '@federate/core'
import { FederateError, nearest } from '@federate/core'
import { type AdminFile, readAdminFile, readFederateFile } from '@federate/core/config'
import { type Discovery, makeDestroyPlan, makePlan, type Plan, planToJson, type Resource } from '@federate/core/plan'
import type { KeycloakTrust } from '@federate/keycloak/trust'
import { withAccessFlags } from './access-flags.ts'
import { type CloudName, cloudNames, isCloudName, loadCloud, targetSchemas } from './clouds.ts'
import { callContext } from './context.ts'
import { administersKeycloak, type IssuerOptions, keycloakName, openIssuers, usesKeycloak } from './issuers.ts'
import type { Terminal } from './terminal.ts'

/** The options that all commands about trust share. */
export interface TrustOptions extends IssuerOptions {
  cloud?: string
  services?: readonly string[]
  config?: string
  json?: boolean
  adopt?: readonly string[]
  prune?: boolean
  admin?: string
}

/** One cloud's part of the trust that a command works on. */
export interface TrustPart {
  readonly cloud: Cloud
  readonly trust: Trust
  readonly targets: readonly TargetWish[]
}

/** What can be planned: an issuer's side or a cloud's. */
interface Plannable extends Discovery {
  readonly resources: readonly Resource[]
}

export interface TrustSession {
  readonly file: FederateFile
  /** The side that was named on the command line; undefined: all. */
  readonly named: CloudName | typeof keycloakName | undefined
  /** The issuers' sides; empty where nobody administers them. */
  readonly issuers: readonly KeycloakTrust[]
  /** What federate.yaml speaks of and nobody administers. */
  readonly leftOut: readonly string[]
  readonly parts: readonly TrustPart[]
  /** Services named on the command line; undefined: all. */
  readonly only: ReadonlySet<string> | undefined
  readonly context: CallContext
}

/** Reads federate.yaml and opens the issuers and clouds it uses, or the side that was named. */
export async function openTrust(options: TrustOptions, terminal: Terminal, signal: AbortSignal): Promise<TrustSession> {
  const named = checkedSide(options.cloud)
  const file = await readFile(options, terminal)
  const only = checkedServices(options.services ?? [], file)
  checkedServices(options.rotateSecret ?? [], file)
  const context = callContext(terminal, signal)
  const clouds = cloudsOf(named, file)
  const leftOut = named === undefined && (await isKeycloakLeftOut(file, clouds, context)) ? [keycloakName] : []
  const withIssuers = (named === undefined || named === keycloakName) && leftOut.length === 0
  const issuers = withIssuers ? await openIssuers(file, options, context, terminal) : []
  const parts: TrustPart[] = []
  const admin = await readAdmin(file, options, terminal)
  for (const name of clouds) parts.push(await openCloud(name, file, admin.get(name), context))
  return { file, named, issuers, leftOut, parts, only, context }
}

/**
 * Without a name, Keycloak is worked on where the environment says who administers it. Where it does not, that is said:
 * nothing may look well that nobody has looked at.
 */
async function isKeycloakLeftOut(
  file: FederateFile,
  clouds: readonly CloudName[],
  context: CallContext,
): Promise<boolean> {
  if (!usesKeycloak(file) || (await administersKeycloak(context))) return false
  // The sandbox's realms are as federate.yaml wants them.
  if (context.env['FEDERATE_SANDBOX']) return true
  // To open it says what is missing.
  if (clouds.length === 0) return false
  context.warn(
    'Keycloak is left out, because no FEDERATE_KEYCLOAK_USERNAME and no FEDERATE_KEYCLOAK_CLIENT_ID says who administers it. Where others do, name the clouds: `federate plan aws`.',
  )
  return true
}

function cloudsOf(named: CloudName | typeof keycloakName | undefined, file: FederateFile): readonly CloudName[] {
  if (named === undefined) return cloudNames.filter((name) => targetsOf(file, name).length > 0)
  return named === keycloakName ? [] : [named]
}

/** Reads federate.yaml, checked by the schemas of all clouds. */
export async function readFile(options: { config?: string }, terminal: Terminal): Promise<FederateFile> {
  return readFederateFile({
    ...(options.config === undefined ? {} : { path: options.config }),
    env: terminal.env,
    cwd: terminal.cwd,
    targetSchemas: await targetSchemas(),
    isCloudAudience: (await import('@federate/verify')).isCloudAudience,
  })
}

/** How the administrator reaches the clouds: federate.admin.yaml beside federate.yaml, and flags. */
export async function readAdmin(
  file: Pick<FederateFile, 'path'>,
  options: Pick<TrustOptions, 'admin'>,
  terminal: Terminal,
): Promise<AdminFile> {
  const parts = await Promise.all(
    cloudNames.map(async (name) => [name, await (await loadCloud(name)).access?.()] as const),
  )
  const schemas = new Map(parts.flatMap(([name, schema]) => (schema === undefined ? [] : [[name, schema] as const])))
  const { env, cwd } = terminal
  const admin = await readAdminFile({ path: options.admin, federateFile: file.path, env, cwd, schemas })
  return withAccessFlags(admin, options, schemas)
}

/** Plans what federate.yaml wants of the opened clouds. */
export async function planTrust(session: TrustSession, options: TrustOptions): Promise<Plan> {
  const { signal } = session.context
  return makePlan({
    owner: session.file.owner,
    resources: wantedResources(session),
    found: await foundResources(session),
    adopt: new Set(options.adopt ?? []),
    prune: options.prune === true,
    signal,
  })
}

/** A plan as programs get it, with what was not looked at. */
export function trustJson(plan: Plan, { leftOut }: Pick<TrustSession, 'leftOut'>): Record<string, unknown> {
  return { ...planToJson(plan), ...(leftOut.length === 0 ? {} : { leftOut }) }
}

/** Plans the deletion of all that bears the owner's mark. */
export async function planDestroy(session: TrustSession): Promise<Plan> {
  const found = await foundResources(session)
  return makeDestroyPlan({ owner: session.file.owner, found, signal: session.context.signal })
}

/** The targets that the command works on. */
export function selectedTargets(session: TrustSession): readonly { part: TrustPart; target: TargetWish }[] {
  return session.parts.flatMap((part) =>
    part.targets.filter((target) => session.only?.has(target.service) ?? true).map((target) => ({ part, target })),
  )
}

// Trust is always computed for all services, and filtered afterwards: a shared object that were computed for one
// service would look as if the others' parts of it had to go.
function wantedResources(session: TrustSession): Resource[] {
  const all = sidesOf(session).flatMap(({ resources }) => resources)
  return all.filter((resource) => isSelected(resource, session.only))
}

async function foundResources(session: TrustSession): Promise<Resource[]> {
  const found: Resource[] = []
  for (const side of sidesOf(session)) found.push(...(await side.discover(session.context.signal)))
  return found.filter((resource) => isSelected(resource, session.only) && isExclusive(resource, session))
}

/** The issuers first: without tokens no cloud has anything to trust. A destroy plan goes the other way round. */
function sidesOf({ issuers, parts }: TrustSession): readonly Plannable[] {
  return [...issuers, ...parts.map(({ trust }) => trust)]
}

function isSelected(resource: Resource, only: ReadonlySet<string> | undefined): boolean {
  return only === undefined || resource.services.some((service) => only.has(service))
}

/** With services named, what other services need too is not theirs to delete. */
function isExclusive(resource: Resource, { only }: TrustSession): boolean {
  return only === undefined || resource.services.every((service) => only.has(service))
}

async function openCloud(
  name: CloudName,
  file: FederateFile,
  access: unknown,
  context: CallContext,
): Promise<TrustPart> {
  const cloud = await loadCloud(name)
  const targets = targetsOf(file, name)
  const { owner, services, path } = file
  const trust = await cloud.trust({ owner, services, targets, access, directory: dirname(path), context })
  return { cloud, trust, targets }
}

function targetsOf(file: FederateFile, cloud: string): TargetWish[] {
  return file.services.flatMap((service) => service.targets.filter((target) => target.cloud === cloud))
}

function checkedSide(name: string | undefined): CloudName | typeof keycloakName | undefined {
  if (name === undefined || name === keycloakName || isCloudName(name)) return name
  const known = [keycloakName, ...cloudNames]
  const meant = nearest(name, known)
  throw new FederateError({
    code: 'CLOUD_UNKNOWN',
    outcome: 'usage',
    problem: `"${name}" is no cloud or issuer that federate knows; it knows: ${known.join(', ')}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    next: 'Name the cloud first and services after it, as in `federate plan aws billing`.',
  })
}

function checkedServices(names: readonly string[], file: FederateFile): ReadonlySet<string> | undefined {
  if (names.length === 0) return undefined
  const known = file.services.map((service) => service.name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length === 0) return new Set(names)
  throw new FederateError({
    code: 'SERVICE_UNKNOWN',
    outcome: 'usage',
    problem: `${file.path} has no service ${unknown.join(', ')}; it has: ${known.join(', ')}.`,
    next: 'Check the name, or add the service to federate.yaml.',
  })
}
