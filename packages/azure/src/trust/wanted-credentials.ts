import { FederateError } from '@federate/core'
import type { FederatedCredential } from '../rules/index.ts'
import { nameOfParent } from './addresses.ts'
import { type AzureTarget, desiredCredential } from './desired-credential.ts'

/** One federated credential, and the targets that need it. */
export interface WantedCredential {
  readonly credential: FederatedCredential
  /** As federate.yaml has them: `services.billing.targets.files`. */
  readonly targets: readonly string[]
  readonly services: readonly string[]
}

/**
 * What the targets of one application or identity need. Targets of one service share one, because Entra stores each pair
 * of issuer and subject once.
 *
 * @throws FederateError `AZURE_CREDENTIAL_TWIN` when such targets want different audiences.
 */
export function wantedCredentials(owner: string, sharing: readonly AzureTarget[]): readonly WantedCredential[] {
  const pairs = Map.groupBy(sharing, ({ service }) => JSON.stringify([service.issuer.url, service.subject]))
  return [...pairs.values()].map((targets) => {
    const [credential, ...others] = targets.map((target) => desiredCredential(owner, target))
    if (credential === undefined) throw new TypeError('a group of targets is never empty')
    const other = others.find(({ audiences }) => audiences[0] !== credential.audiences[0])
    if (other !== undefined) throw differentAudiences(targets, [credential, other])
    return {
      credential,
      targets: targets.map(nameOf),
      services: [...new Set(targets.map(({ service }) => service.name))],
    }
  })
}

/** Whether a stored credential is the wanted one: by its name, or by everything that Entra compares. */
export function isFor(wanted: FederatedCredential, { name, issuer, subject, audiences }: FederatedCredential): boolean {
  if (name === wanted.name) return true
  return issuer === wanted.issuer && subject === wanted.subject && audiences[0] === wanted.audiences[0]
}

function nameOf({ service, name }: AzureTarget): string {
  return `services.${service.name}.targets.${name}`
}

function differentAudiences(
  targets: readonly AzureTarget[],
  credentials: readonly FederatedCredential[],
): FederateError {
  const audiences = credentials.map((one) => `"${one.audiences[0]}"`).join(' and ')
  const parent = targets.map(({ wish }) => nameOfParent(wish))[0]
  return new FederateError({
    code: 'AZURE_CREDENTIAL_TWIN',
    outcome: 'usage',
    problem: `${targets.map(nameOf).join(' and ')} become the ${parent} by the same issuer and subject for different audiences, ${audiences}, and Entra stores each pair of issuer and subject once.`,
    next: 'Give them one audience in federate.yaml, or different applications or managed identities.',
    details: { targets: targets.map(nameOf) },
  })
}
