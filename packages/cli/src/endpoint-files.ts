import { join } from 'node:path'
import { type Endpoint, type EndpointPlace, type RuntimeTarget, writeFileAtomically } from '@federate/core'
import { makePrivateFolder } from '@federate/core/cache'

/** Writes the files that a target's SDKs read, for this user alone, and gives the variables that point there. */
export async function placeEndpoint(
  endpoint: Endpoint,
  place: EndpointPlace,
  runtime: RuntimeTarget,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const files = Object.entries(endpoint.files?.(place, runtime, env) ?? {})
  if (files.length > 0) makePrivateFolder(place.folder)
  for (const [name, text] of files) await writeFileAtomically(join(place.folder, name), text, { mode: 0o600 })
  return endpoint.environment(place, runtime, env)
}
