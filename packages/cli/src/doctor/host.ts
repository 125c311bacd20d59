import type { CallContext, Cloud } from '@federate/core'
import { isCloudName, loadCloud } from '../clouds.ts'
import type { LoadedService } from '../service.ts'
import { Checks, type Finding, type Place } from './place.ts'

/** What this host has of the service, and what its programs would find before that. */
export async function hostPlace({ file, path }: LoadedService, env: CallContext['env']): Promise<Place> {
  const checks = new Checks()
  checks.add('client', `${file.clientId}, which proves itself by ${file.auth.method}`)
  for (const cloud of await cloudsOf(file.targets)) {
    await checks.try(`keys of ${cloud.name}`, () => cloud.storedKeys(env), storedKeys)
  }
  return { name: 'this host', about: path ?? 'by flags, without a service file', checks: checks.all }
}

function cloudsOf(targets: LoadedService['file']['targets']): Promise<readonly Cloud[]> {
  const names = new Set(Object.values(targets).map(({ cloud }) => cloud))
  return Promise.all([...names].filter(isCloudName).map(loadCloud))
}

function storedKeys(found: readonly string[]): Finding | string {
  if (found.length === 0) return 'none that SDKs would find in this environment'
  return {
    outcome: 'warning',
    detail: `SDKs that run here would use a stored key instead of what is lent: ${found.join(', ')}.`,
    next: 'Remove it, or start programs by `federate exec`, which hides it from them.',
  }
}
