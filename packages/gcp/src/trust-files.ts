import { FederateError, type TrustFile } from '@federate/core'
import { parse } from 'yaml'
import type { IamPolicy, Lifecycle, PolicyBinding, ProviderState } from './rules/index.ts'
import { readProvider } from './trust/actual-provider.ts'

type Fields = Readonly<Record<string, unknown>>

/** Reads a provider as `gcloud … providers describe` prints it, or as the REST API answers it. */
export function providerIn(file: TrustFile, pool: Lifecycle | undefined): ProviderState {
  const fields = fieldsOf(file, provider)
  const { name } = fields
  if (typeof name !== 'string') throw unreadable(file, provider)
  const own = { name, pool, ...lifecycleOf(fields) }
  if (fields['oidc'] === undefined) {
    const type = (['aws', 'saml', 'x509'] as const).find((one) => fields[one] !== undefined)
    if (type === undefined) throw unreadable(file, provider)
    const nothing = { issuerUri: '', allowedAudiences: [], attributeMapping: {} }
    return { ...own, ...nothing, type, attributeCondition: undefined, jwksJson: undefined }
  }
  const { issuerUri, allowedAudiences, attributeMapping, attributeCondition, jwksJson } = readProvider(
    fields,
    file.path,
  )
  return { ...own, type: 'oidc', issuerUri, allowedAudiences, attributeMapping, attributeCondition, jwksJson }
}

/** Reads a pool as `gcloud iam workload-identity-pools describe` prints it. */
export function poolIn(file: TrustFile): Lifecycle {
  return lifecycleOf(fieldsOf(file, pool))
}

/** Reads an IAM policy as `get-iam-policy` prints it. A policy without bindings has nobody in it. */
export function policyIn(file: TrustFile): IamPolicy {
  const { bindings = [] } = fieldsOf(file, policy)
  if (!Array.isArray(bindings)) throw unreadable(file, policy)
  return { bindings: bindings.map((binding: unknown) => bindingIn(binding, file)) }
}

function bindingIn(value: unknown, file: TrustFile): PolicyBinding {
  const { role, members, condition } = objectOr(value)
  if (typeof role !== 'string' || !Array.isArray(members)) throw unreadable(file, policy)
  const { expression } = objectOr(condition)
  return {
    role,
    members: members.filter((member) => typeof member === 'string'),
    ...(typeof expression === 'string' ? { condition: { expression } } : {}),
  }
}

function lifecycleOf(fields: Fields): Lifecycle {
  return { state: fields['state'] === 'DELETED' ? 'DELETED' : 'ACTIVE', disabled: fields['disabled'] === true }
}

/** What a file should have been. */
interface Expected {
  readonly what: string
  readonly command: string
}

const provider: Expected = {
  what: 'a workload identity pool provider, with its name and oidc',
  command:
    'gcloud iam workload-identity-pools providers describe <provider> --workload-identity-pool <pool> --location global',
}
const pool: Expected = {
  what: 'a workload identity pool',
  command: 'gcloud iam workload-identity-pools describe <pool> --location global',
}
const policy: Expected = {
  what: 'an IAM policy, with a list of bindings',
  command: 'gcloud iam service-accounts get-iam-policy <email>',
}

/** gcloud prints YAML if it is not asked for JSON, and every JSON is YAML, too. */
function fieldsOf(file: TrustFile, expected: Expected): Fields {
  let parsed: unknown
  try {
    parsed = parse(file.text)
  } catch {
    throw unreadable(file, expected)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw unreadable(file, expected)
  return { ...parsed }
}

function objectOr(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function unreadable({ path }: TrustFile, { what, command }: Expected): FederateError {
  return new FederateError({
    code: 'GCP_TRUST_FILE',
    outcome: 'usage',
    problem: `${path} is not ${what}, as JSON or YAML.`,
    next: `Save what \`${command}\` prints.`,
  })
}
