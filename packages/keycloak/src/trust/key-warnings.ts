import type { ApiWish } from '@federate/core'
import { mapLimited } from '@federate/core/plan'
import { requestsAtOnce } from '../admin/api.ts'
import { heldGrants, missingGrants } from '../keys/held-grants.ts'
import type { Grants } from '../keys/key.ts'
import { keyOwnerMark, notedGrants } from '../keys/key-attributes.ts'
import type { RealmState } from './realm-state.ts'

/**
 * Says which keys of third parties have lost scopes or roles that they were issued with. Customers do not stand in
 * federate.yaml, so no plan gives them back.
 */
export async function warnOfBrokenKeys(
  state: RealmState,
  { owner, apis }: { readonly owner: string; readonly apis: readonly ApiWish[] },
  signal: AbortSignal,
  warn: (message: string) => void,
): Promise<void> {
  const clients = [...(await state.clients(signal)).values()]
  const keys = clients.filter(({ attributes, flags }) => attributes[keyOwnerMark] === owner && flags.enabled)
  const broken = await mapLimited(keys, requestsAtOnce, async (client) => {
    const noted = stillOffered(notedGrants(client.attributes), apis)
    const missing = missingGrants(noted, await heldGrants(state, { client, noted, apis }, signal))
    return missing.size === 0 ? [] : [client.clientId]
  })
  const names = broken.flat().sort()
  if (names.length === 0) return
  warn(
    `${names.length} key(s) of third parties lack scopes or roles that they were issued with: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ' …' : ''}. Once everything is set up, \`federate keys repair\` gives these back.`,
  )
}

/** Without what federate.yaml has no more: that was taken away on purpose. */
function stillOffered(noted: Grants, apis: readonly ApiWish[]): Grants {
  const offered = apis.flatMap(({ name, roles }): [string, readonly string[]][] => {
    const had = noted.get(name)
    return had === undefined ? [] : [[name, had.filter((role) => roles.includes(role))]]
  })
  return new Map(offered)
}
