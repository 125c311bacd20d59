import { FederateError } from '@federate/core'
import { type FederatedCredential, limits } from '../rules/index.ts'
import type { AzureWish } from '../target.ts'
import { nameOfParent } from './addresses.ts'
import { ownerOfCredential } from './marks.ts'
import { isFor, type WantedCredential } from './wanted-credentials.ts'

const most = limits.credentialsPerParent
const namesShown = 5

/**
 * Refuses what no application or identity can hold: what is wanted on it, with what others have put there.
 *
 * @param present what is there already. Before anybody was asked: nothing.
 * @throws FederateError `AZURE_PARENT_FULL`, with the arithmetic and which targets to move.
 */
export function refuseFullParent(
  owner: string,
  wish: AzureWish,
  wanted: readonly WantedCredential[],
  present: readonly FederatedCredential[],
): void {
  const others = present.filter((one) => !wanted.some(({ credential }) => isFor(credential, one)))
  const total = wanted.length + others.length
  if (total <= most) return
  const made =
    others.length === 0
      ? ', one for each service in federate.yaml that becomes it'
      : `: ${wanted.length} for services in federate.yaml, and ${others.length} that are there already (${listed(others.map(({ name }) => name))})`
  const forgotten = others.filter(({ name }) => ownerOfCredential(name) === owner).length
  const isThere = ({ credential }: WantedCredential) => present.some((one) => isFor(credential, one))
  // Whoever has a place keeps it.
  const inOrder = [...wanted.filter(isThere), ...wanted.filter((one) => !isThere(one))]
  const moved = inOrder.slice(Math.max(0, most - others.length))
  throw new FederateError({
    code: 'AZURE_PARENT_FULL',
    outcome: 'usage',
    problem: `The ${nameOfParent(wish)} would hold ${total} federated credentials${made}. Entra takes ${most}: ${total} - ${most} = ${total - most} too many.`,
    next: `${split(wish, moved)}${forgotten === 0 ? '' : pruning(forgotten)}`,
    details: { wanted: wanted.length, present: others.length, most, moved: moved.flatMap(({ targets }) => targets) },
  })
}

/** Names for further parents, at most twenty services each, of those that find no place. */
function split(wish: AzureWish, moved: readonly WantedCredential[]): string {
  const targets = moved.flatMap((one) => one.targets)
  const key = wish.managedIdentity === undefined ? 'application' : 'managedIdentity.name'
  const name = wish.managedIdentity?.name ?? wish.application
  const further = Array.from({ length: Math.ceil(moved.length / most) }, (_, index) => `${name}-${index + 2}`)
  const services = moved.length === 1 ? '1 service' : `${moved.length} services`
  return `In federate.yaml, give ${services} another ${key}, such as ${further.join(', ')} (at most ${most} services each): ${listed(targets)}.`
}

function pruning(forgotten: number): string {
  return ` Targets that have left federate.yaml hold ${forgotten}: \`federate setup azure --prune\`, run before the new services are added, frees that many.`
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, namesShown).join(', ')
  return names.length <= namesShown ? shown : `${shown} and ${names.length - namesShown} more`
}
