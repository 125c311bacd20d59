import { FederateError, type TrustFile } from '@federate/core'
import { parse } from 'yaml'
import { lifecycleOf, policyOf, providerOf } from './google-objects.ts'
import type { IamPolicy, Lifecycle, ProviderState } from './rules/index.ts'

type Fields = Readonly<Record<string, unknown>>

/** Reads a provider as `gcloud … providers describe` prints it, or as the REST API answers it. */
export function providerIn(file: TrustFile, poolState: Lifecycle | undefined): ProviderState {
  const read = providerOf(fieldsOf(file, provider), file.path, poolState)
  if (read === undefined) throw unreadable(file, provider)
  return read
}

/** Reads a pool as `gcloud iam workload-identity-pools describe` prints it. */
export function poolIn(file: TrustFile): Lifecycle {
  return lifecycleOf(fieldsOf(file, pool))
}

/** Reads an IAM policy as `get-iam-policy` prints it. */
export function policyIn(file: TrustFile): IamPolicy {
  const read = policyOf(fieldsOf(file, policy))
  if (read === undefined) throw unreadable(file, policy)
  return read
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

function unreadable({ path }: TrustFile, { what, command }: Expected): FederateError {
  return new FederateError({
    code: 'GCP_TRUST_FILE',
    outcome: 'usage',
    problem: `${path} is not ${what}, as JSON or YAML.`,
    next: `Save what \`${command}\` prints.`,
  })
}
