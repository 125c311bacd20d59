import type { AdminApi } from '../admin/api.ts'
import type { MapperChanges } from './changes.ts'

/**
 * Writes mappers by their own endpoint, one at a time: a client scope's PUT answers 204 and ignores them, a client's
 * takes away those that it does not name.
 */
export async function writeMappers(
  api: AdminApi,
  place: string,
  changes: MapperChanges,
  signal: AbortSignal,
): Promise<void> {
  const models = `${place}/protocol-mappers/models`
  for (const { id } of changes.remove) await api.delete(`${models}/${id}`, undefined, signal)
  for (const mapper of changes.update) await api.put(`${models}/${mapper.id}`, mapper, signal)
  for (const mapper of changes.create) await api.create(models, mapper, signal)
}
