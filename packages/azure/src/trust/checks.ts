import { FederateError, isLoopbackHost, isPrivateHost, publicPaths, type TrustRequest } from '@federate/core'
import { authorityOf } from '../environment.ts'
import { credentialProblems, type FederatedCredential } from '../rules/index.ts'
import type { AzureWish } from '../target.ts'
import { nameOfParent, parentAddress } from './addresses.ts'

/** Refuses a federated credential that Entra would not store beside those that are there. */
export function refuseUnstorable(
  wish: FederatedCredential,
  present: readonly FederatedCredential[],
  parent: string,
): void {
  const siblings = present.filter(({ name }) => name !== wish.name)
  const [problem] = credentialProblems(wish, siblings)
  if (problem === undefined) return
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
