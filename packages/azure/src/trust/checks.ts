import {
  FederateError,
  isLoopbackHost,
  isPrivateHost,
  publicPaths,
  type TargetWish,
  type TrustRequest,
} from '@federate/core'
import { authorityOf } from '../environment.ts'
import { credentialProblems, type FederatedCredential, limits } from '../rules/index.ts'
import type { AzureWish } from '../target.ts'
import { parentAddress } from './addresses.ts'

type Target = TargetWish<AzureWish>

/** Refuses what no application or identity can hold, before anybody is asked. */
export function refuseFullParents(targets: readonly Target[]): void {
  const byParent = Map.groupBy(targets, ({ wish }) => parentAddress(wish))
  for (const [, sharing] of byParent) {
    const [first] = sharing
    if (first === undefined || sharing.length <= limits.credentialsPerParent) continue
    throw tooMany(nameOfParent(first.wish), sharing.length, 0, sharing.map(nameOf))
  }
}

/** Refuses a federated credential that Entra would not store beside those that are there. */
export function refuseUnstorable(
  wish: FederatedCredential,
  present: readonly FederatedCredential[],
  parent: string,
): void {
  const siblings = present.filter(({ name }) => name !== wish.name)
  const [problem] = credentialProblems(wish, siblings)
  if (problem === undefined) return
  if (problem.field === 'parent') throw tooMany(parent, 1, siblings.length, [wish.name])
  throw new FederateError({
    code: problem.detail.includes('already') ? 'AZURE_CREDENTIAL_TWIN' : 'AZURE_TRUST_VALUE',
    outcome: 'usage',
    problem: `The federated credential ${wish.name} cannot be stored in the ${parent}: ${problem.detail}`,
    next: problem.detail.includes('already')
      ? 'Delete that one, or give the target another application or managed identity.'
      : 'Correct what it is made of in federate.yaml: the issuer’s url, the service’s subject, or the target’s audience.',
    details: { field: problem.field, credential: wish.name },
  })
}

function tooMany(parent: string, wanted: number, present: number, targets: readonly string[]): FederateError {
  const { credentialsPerParent: most } = limits
  const total = wanted + present
  const needed = Math.ceil(total / most)
  return new FederateError({
    code: 'AZURE_PARENT_FULL',
    outcome: 'usage',
    problem: `The ${parent} would hold ${total} federated credentials (${wanted} wanted, ${present} there), and Entra takes ${most}: ${total} - ${most} = ${total - most} too many.`,
    next: `Spread the services over ${needed} applications or managed identities in federate.yaml, at most ${most} each.`,
    details: { wanted, present, most, needed, targets },
  })
}

/** Roles are given to the parent, so everybody who becomes it has all of them. */
export function warnOfSharedRoles({ targets, context }: TrustRequest<AzureWish>): void {
  for (const [, sharing] of Map.groupBy(targets, ({ wish }) => parentAddress(wish))) {
    const services = new Set(sharing.map(({ service }) => service))
    const roleSets = new Set(sharing.map(({ wish }) => JSON.stringify(wish.roles)))
    const [first] = sharing
    if (first === undefined || services.size < 2 || roleSets.size < 2) continue
    context.warn(
      `The services ${[...services].join(', ')} become the same ${nameOfParent(first.wish)}, so each of them has the roles of all.`,
    )
  }
}

/** Says what must be public. An Entra on this machine, the sandbox's, does reach an issuer on this machine. */
export function warnOfPrivateIssuers({ services, targets, context }: TrustRequest<AzureWish>): void {
  const isLocal = (url: string) => isLoopbackHost(URL.parse(url)?.hostname ?? '')
  const using = services.filter((service) => targets.some((target) => target.service === service.name))
  for (const issuer of new Set(using.map((service) => service.issuer.url))) {
    if (!isPrivateHost(issuer) || (isLocal(issuer) && isLocal(authorityOf('public', context.env)))) continue
    const paths = publicPaths(issuer).join(' and ')
    context.warn(
      `Entra cannot reach the issuer ${issuer} from the internet, and will refuse its tokens. What must be public: ${paths}.`,
    )
  }
}

function nameOfParent({ application, managedIdentity }: AzureWish): string {
  return managedIdentity === undefined ? `application ${application}` : `managed identity ${managedIdentity.name}`
}

function nameOf({ service, name }: Target): string {
  return `services.${service}.targets.${name}`
}
