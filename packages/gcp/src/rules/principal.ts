import { mappedAttributes, mappedGroups, mappedText } from './mapping.ts'
import { parseProviderName } from './provider.ts'
import type { AcceptanceQuestion } from './question.ts'

/** Who a federated token speaks for, as IAM policies name it. */
export interface FederatedPrincipal {
  /** The project's number. */
  readonly project: string
  readonly pool: string
  /** `google.subject`. */
  readonly subject: string
  /** `google.groups`. */
  readonly groups: readonly string[]
  /** Custom attributes by name, without `attribute.`. */
  readonly attributes: ReadonlyMap<string, string>
}

/** The principal that an accepted token becomes; `undefined` where there is no provider or no subject. */
export function principalOf(question: AcceptanceQuestion): FederatedPrincipal | undefined {
  const name = parseProviderName(question.provider?.name ?? '')
  const mapped = mappedAttributes(question)
  const subject = mappedText(mapped, 'google.subject')
  if (name === undefined || subject === undefined) return undefined
  const attributes = [...mapped.keys()].flatMap((key): [string, string][] => {
    const value = key.startsWith('attribute.') ? mappedText(mapped, key) : undefined
    return value === undefined ? [] : [[key.slice('attribute.'.length), value]]
  })
  const { project, pool } = name
  return { project, pool, subject, groups: mappedGroups(mapped), attributes: new Map(attributes) }
}
