import { dirname } from 'node:path'
import {
  FederateError,
  type RuntimeTarget,
  readServiceFile,
  resolveServiceFile,
  type ServiceFile,
} from '@federate/core'
import type { Terminal } from './terminal.ts'

/** The flags that stand for a service file, for people whose trust was made by other means. */
export interface ServiceFlags {
  service?: string
  issuer?: string
  kind?: 'keycloak' | 'oidc'
  clientId?: string
  secretFile?: string
  secretEnv?: string
  keyFile?: string
}

export interface LoadedService {
  readonly file: ServiceFile
  /** Where relative paths of the file start. */
  readonly directory: string
  /** The file's path; undefined when flags stood for it. */
  readonly path?: string
}

/** The service that a command works for: from its file, or from flags. */
export async function loadService(flags: ServiceFlags, terminal: Terminal): Promise<LoadedService> {
  if (flags.issuer !== undefined) return { file: serviceFromFlags(flags, flags.issuer), directory: terminal.cwd }
  const path = await resolveServiceFile({
    ...(flags.service === undefined ? {} : { path: flags.service }),
    env: terminal.env,
    cwd: terminal.cwd,
  })
  return { file: await readServiceFile(path), directory: dirname(path), path }
}

function serviceFromFlags(flags: ServiceFlags, url: string): ServiceFile {
  const { clientId } = flags
  if (clientId === undefined) throw flagMissing('--client-id')
  const auth = authFromFlags(flags)
  return { version: 1, service: clientId, issuer: { url, kind: flags.kind ?? 'keycloak' }, clientId, auth, targets: {} }
}

function authFromFlags({ secretFile, secretEnv, keyFile }: ServiceFlags): ServiceFile['auth'] {
  if (secretFile !== undefined) return { method: 'client_secret_basic', secret: { file: secretFile } }
  if (secretEnv !== undefined) return { method: 'client_secret_basic', secret: { env: secretEnv } }
  if (keyFile !== undefined) return { method: 'private_key_jwt', key: { file: keyFile } }
  throw flagMissing('--secret-file, --secret-env or --key-file')
}

function flagMissing(flag: string): FederateError {
  return new FederateError({
    code: 'FLAG_MISSING',
    outcome: 'usage',
    problem: `--issuer was given without ${flag}.`,
    next: `Add ${flag}, or leave out --issuer and name a service file with --service.`,
  })
}

/** Chooses the target of a cloud in a service file. */
export function chooseTarget(file: ServiceFile, cloud: string, wanted: string | undefined): [string, RuntimeTarget] {
  const targets = Object.entries(file.targets).filter(([, target]) => target.cloud === cloud)
  const names = targets.map(([name]) => name).join(', ')
  if (wanted !== undefined) {
    const found = targets.find(([name]) => name === wanted)
    if (found !== undefined) return found
    throw targetError(
      `The service ${file.service} has no ${cloud} target "${wanted}"; it has: ${names || 'none'}.`,
      cloud,
    )
  }
  const [first, second] = targets
  if (first === undefined) throw targetError(`The service ${file.service} has no target in ${cloud}.`, cloud)
  if (second === undefined) return first
  throw new FederateError({
    code: 'TARGET_AMBIGUOUS',
    outcome: 'usage',
    problem: `The service ${file.service} has several targets in ${cloud}: ${names}.`,
    next: 'Name one with --target.',
  })
}

function targetError(problem: string, cloud: string): FederateError {
  return new FederateError({
    code: 'TARGET_UNKNOWN',
    outcome: 'usage',
    problem,
    next: `Add it to federate.yaml and run \`federate setup ${cloud}\`, or name another one with --target.`,
  })
}
