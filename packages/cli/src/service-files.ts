import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import {
  FederateError,
  formatServiceFile,
  parseServiceFile,
  type RuntimeTarget,
  type ServiceFile,
  type ServiceWish,
  withMovedCa,
  withMovedPaths,
  writeFileAtomically,
} from '@federate/core'
import type { Outputs } from '@federate/core/plan'
import { selectedTargets, type TrustSession } from './trust.ts'

export interface WrittenServiceFile {
  readonly path: string
  readonly file: ServiceFile
  readonly changed: boolean
}

/**
 * Writes the service file of every service that the command works on, where its content changed. What it holds of
 * clouds that the command does not work on stays, as long as federate.yaml has those targets.
 */
export async function writeServiceFiles(
  session: TrustSession,
  outputs: Outputs,
  folder: string | undefined,
): Promise<WrittenServiceFile[]> {
  const directory = folder === undefined ? dirname(session.file.path) : resolve(folder)
  const written: WrittenServiceFile[] = []
  for (const service of session.file.services) {
    const targets = runtimeTargets(session, service, outputs)
    if (Object.keys(targets).length === 0 && !needsTokensAlone(session, service)) continue
    const path = join(directory, `${service.name}.federate.json`)
    const before = await textOf(path)
    const kept = before === undefined ? {} : keptTargets(session, service, targetsIn(before, path, session))
    const file = serviceFile(session, service, { ...kept, ...targets }, directory)
    const text = formatServiceFile(file)
    const changed = text !== before
    if (changed) await writeFileAtomically(path, text, { mode: 0o644 })
    written.push({ path, file, changed })
  }
  return written
}

/** A service that wants nothing of a cloud calls own APIs; its file is written with the issuer's side. */
function needsTokensAlone({ named, only }: TrustSession, { name, targets }: ServiceWish): boolean {
  return targets.length === 0 && (named === undefined || named === 'keycloak') && (only?.has(name) ?? true)
}

function runtimeTargets(session: TrustSession, service: ServiceWish, outputs: Outputs): Record<string, RuntimeTarget> {
  const targets: Record<string, RuntimeTarget> = {}
  for (const { part, target } of selectedTargets(session)) {
    if (target.service === service.name) targets[target.name] = part.trust.resolve(target, outputs)
  }
  return targets
}

/** The targets that another run, of another cloud, has resolved. */
function keptTargets(
  { parts }: TrustSession,
  { targets }: ServiceWish,
  resolved: ServiceFile['targets'],
): Record<string, RuntimeTarget> {
  const worked = new Set(parts.map(({ cloud }) => cloud.name))
  return Object.fromEntries(
    Object.entries(resolved).filter(
      ([name, { cloud }]) =>
        !worked.has(cloud) && targets.some((target) => target.name === name && target.cloud === cloud),
    ),
  )
}

/** What a file holds that is about to be written over; of one that cannot be understood nothing can be kept. */
function targetsIn(text: string, path: string, { context, parts }: TrustSession): ServiceFile['targets'] {
  try {
    return parseServiceFile(text, path).targets
  } catch (error) {
    if (!(error instanceof FederateError)) throw error
    const clouds = parts.map(({ cloud }) => cloud.name).join(', ')
    context.warn(
      `${error.problem} It was replaced, with the targets of ${clouds} only: \`federate setup\` adds the others.`,
    )
    return {}
  }
}

function serviceFile(
  session: TrustSession,
  service: ServiceWish,
  targets: Record<string, RuntimeTarget>,
  directory: string,
): ServiceFile {
  const { apis } = session.file
  const from = dirname(session.file.path)
  // Relative paths start where the file lies that names them.
  const moved = (path: string) => (isAbsolute(path) ? path : relative(directory, resolve(from, path)))
  return {
    version: 1,
    service: service.name,
    issuer: withMovedCa(service.issuer, moved),
    clientId: service.clientId,
    auth: withMovedPaths(service.auth, moved),
    targets,
    ...(apis.length === 0 ? {} : { apis: Object.fromEntries(apis.map((api) => [api.name, api.audience])) }),
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}
