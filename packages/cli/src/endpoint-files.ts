import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Endpoint, type EndpointPlace, type RuntimeTarget, writeFileAtomically } from '@federate/core'

/** Writes the files that a target's SDKs read, for this user alone, and gives the variables that point there. */
export async function placeEndpoint(
  endpoint: Endpoint,
  place: EndpointPlace,
  runtime: RuntimeTarget,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const files = Object.entries(endpoint.files?.(place, runtime, env) ?? {})
  if (files.length > 0) await mkdir(place.folder, { recursive: true, mode: 0o700 })
  for (const [name, text] of files) await writeFileAtomically(join(place.folder, name), text, { mode: 0o600 })
  return endpoint.environment(place, runtime)
}
