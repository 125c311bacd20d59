import type { ServiceWish } from '@federate/core'
import type { FederatedCredential } from '../rules/index.ts'
import { type AzureWish, audienceOf } from '../target.ts'
import { credentialName } from './marks.ts'

/** One target together with the service that it belongs to. */
export interface AzureTarget {
  readonly service: ServiceWish
  readonly name: string
  readonly wish: AzureWish
}

/** What federate.yaml makes of a federated credential; also what `explain` judges a token by. */
export function desiredCredential(owner: string, { service, name, wish }: AzureTarget): FederatedCredential {
  return {
    name: credentialName(owner, service.name, name),
    issuer: service.issuer.url,
    subject: service.subject,
    audiences: [audienceOf(wish, service.clientId)],
  }
}
