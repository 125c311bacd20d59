import { FederateError, type ServiceWish } from '@federate/core'
import { canonicalJson } from '@federate/core/plan'
import { mappingLimits, type ProviderState, providerProblems } from '../rules/index.ts'
import { audienceOf, type GcpWish } from '../wish.ts'

/** One target together with the service that it belongs to. */
export interface GcpTarget {
  readonly service: ServiceWish
  readonly name: string
  readonly wish: GcpWish
}

/** What federate.yaml makes of a provider. */
export interface DesiredProvider {
  readonly issuerUri: string
  /** Empty: the provider's own name. */
  readonly allowedAudiences: readonly string[]
  readonly attributeMapping: Readonly<Record<string, string>>
  readonly attributeCondition: string
  /** The uploaded keys; without, Google fetches those that the issuer publishes. */
  readonly jwksJson: string | undefined
}

const defaultMapping: Readonly<Record<string, string>> = { 'google.subject': 'assertion.sub' }

/**
 * What the targets of one provider make of it together; also what `explain` judges a token by.
 *
 * @param name `projects/…/providers/…`.
 * @throws FederateError (usage) `GCP_PROVIDER_DIFFERS` where they contradict each other, `GCP_SUBJECT_TOO_LONG`,
 *   `GCP_CONDITION_TOO_LONG`, `GCP_PROVIDER_INVALID` where Google would not store it.
 */
export function desiredProvider(
  name: string,
  targets: readonly GcpTarget[],
  jwksJson: string | undefined,
): DesiredProvider {
  const [first] = targets
  if (first === undefined) throw new TypeError(`no target wants the provider ${name}`)
  const mapping = agreed(targets, 'mapping') ?? defaultMapping
  if (mapping['google.subject'] === 'assertion.sub') targets.forEach(refuseLongSubject)
  const provider = {
    issuerUri: first.service.issuer.url,
    allowedAudiences: audiencesOf(name, targets),
    attributeMapping: mapping,
    attributeCondition: agreed(targets, 'condition') ?? subjectCondition(targets),
    jwksJson,
  }
  refuseUnstorable(name, provider)
  return provider
}

/** A provider that lists audiences no longer takes its own name by itself. */
function audiencesOf(name: string, targets: readonly GcpTarget[]): readonly string[] {
  if (targets.every(({ wish }) => wish.audience === 'provider')) return []
  return [...new Set(targets.map(({ service, wish }) => audienceOf(wish, name, service.clientId)))].sort()
}

/** Nobody else at the issuer gets as far as a federated token, whatever policies say. */
function subjectCondition(targets: readonly GcpTarget[]): string {
  const subjects = [...new Set(targets.map(({ service }) => service.subject))].sort().map(celText)
  const condition =
    subjects.length === 1 ? `assertion.sub == ${subjects[0]}` : `assertion.sub in [${subjects.join(', ')}]`
  const bytes = Buffer.byteLength(condition)
  if (bytes <= mappingLimits.conditionBytes) return condition
  throw new FederateError({
    code: 'GCP_CONDITION_TOO_LONG',
    outcome: 'usage',
    problem: `A condition that names all ${subjects.length} services of the provider has ${bytes} bytes, and Google takes ${mappingLimits.conditionBytes}.`,
    next: "Give the targets a condition of your own on a claim that they share, as condition: assertion.environment == 'production', or a pool for each half of them.",
  })
}

/** A text in CEL; JSON's escapes are CEL's. */
function celText(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** What all targets of a provider say, if they say anything. */
function agreed<Name extends 'mapping' | 'condition'>(
  targets: readonly GcpTarget[],
  name: Name,
): GcpWish[Name] | undefined {
  const [first, ...others] = targets
  const other = others.find(({ wish }) => canonicalJson(wish[name]) !== canonicalJson(first?.wish[name]))
  if (other === undefined) return first?.wish[name]
  throw new FederateError({
    code: 'GCP_PROVIDER_DIFFERS',
    outcome: 'usage',
    problem: `${nameOf(first)} and ${nameOf(other)} share a provider and give it different values of ${name}.`,
    next: `Give both the same ${name}, or one of them a pool of its own.`,
  })
}

function refuseLongSubject(target: GcpTarget): void {
  const { subject } = target.service
  const bytes = Buffer.byteLength(subject)
  if (bytes <= mappingLimits.subjectBytes) return
  throw new FederateError({
    code: 'GCP_SUBJECT_TOO_LONG',
    outcome: 'usage',
    problem: `The subject of ${target.service.name} has ${bytes} bytes (${subject}), and Google takes ${mappingLimits.subjectBytes}.`,
    next: `Give ${nameOf(target)} a shorter one: mapping: { google.subject: assertion.client_id } with member: subject/${target.service.clientId}, or a part of it by extract.`,
    details: { expected: mappingLimits.subjectBytes, actual: bytes },
  })
}

function refuseUnstorable(name: string, provider: DesiredProvider): void {
  const state: ProviderState = {
    ...provider,
    name,
    pool: { state: 'ACTIVE', disabled: false },
    state: 'ACTIVE',
    disabled: false,
    type: 'oidc',
  }
  const [problem] = providerProblems(state)
  if (problem === undefined) return
  throw new FederateError({
    code: 'GCP_PROVIDER_INVALID',
    outcome: 'usage',
    problem: `Google would not store the provider (${problem.field}): ${problem.problem}`,
    next: problem.next,
    details: { field: problem.field },
  })
}

function nameOf(target: GcpTarget | undefined): string {
  return `services.${target?.service.name}.targets.${target?.name}`
}
