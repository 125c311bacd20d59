import { FederateError, parseDuration } from '@federate/core'
import type { CloudName } from './clouds.ts'
import { fileText } from './file-text.ts'
import type { Terminal } from './terminal.ts'

/** A flag of `credentials` that stands for a field of the target in the service file, and wins over it. */
export interface CredentialFlag {
  /** As commander reads it. */
  readonly flag: string
  /** Under which name commander gives it. */
  readonly name: string
  readonly description: string
  readonly field: string
  readonly kind: 'text' | 'texts' | 'duration' | 'json file'
  /** Whether it makes a target by itself, for people who have no service file. */
  readonly alone?: true
  /** The only format that looks at it, and one that does not. Default: all do. */
  readonly format?: string
  readonly ignoredBy?: string
  /** A field of the target without which it means nothing, and one beside which it does not. Default: none. */
  readonly needs?: string
  readonly excludedBy?: string
}

/** What `credentials` can do with those of one cloud. */
export interface CredentialWords {
  /** How they can be printed; the first is the default. */
  readonly formats: readonly string[]
  /** Whether the cloud's tools share a file of profiles that credentials can be written into. */
  readonly profiles: boolean
}

export const credentialWords: Readonly<Record<CloudName, CredentialWords>> = {
  aws: {
    formats: ['credential-process', 'env', 'env-fish', 'env-powershell', 'env-cmd', 'json'],
    profiles: true,
  },
  gcp: { formats: ['json', 'token', 'env', 'executable'], profiles: false },
  azure: { formats: ['json', 'token', 'env', 'federated-token-file'], profiles: false },
}

export const credentialFlags: Readonly<Record<CloudName, readonly CredentialFlag[]>> = {
  aws: [
    {
      flag: '--role-arn <arn>',
      name: 'roleArn',
      description: 'instead of a service file: the role to assume',
      field: 'roleArn',
      kind: 'text',
      alone: true,
    },
    {
      flag: '--duration <time>',
      name: 'duration',
      description: 'how long they shall live, such as 15m or 2h',
      field: 'durationSeconds',
      kind: 'duration',
    },
    {
      flag: '--session-name <name>',
      name: 'sessionName',
      description: 'the name in CloudTrail; {claim} stands for a claim of the token',
      field: 'sessionName',
      kind: 'text',
    },
    { flag: '--region <name>', name: 'region', description: 'the region of STS', field: 'region', kind: 'text' },
    {
      flag: '--session-policy <path>',
      name: 'sessionPolicy',
      description: 'a policy document that narrows what they may do',
      field: 'sessionPolicy',
      kind: 'json file',
    },
    {
      flag: '--session-policy-arn <arn...>',
      name: 'sessionPolicyArn',
      description: 'managed policies that narrow what they may do',
      field: 'sessionPolicyArns',
      kind: 'texts',
    },
  ],
  gcp: [
    {
      flag: '--provider <name>',
      name: 'provider',
      description: 'instead of a service file: projects/<number>/locations/global/…/providers/<provider>',
      field: 'provider',
      kind: 'text',
      alone: true,
    },
    {
      flag: '--service-account <email>',
      name: 'serviceAccount',
      description: 'the service account to become',
      field: 'serviceAccount',
      kind: 'text',
    },
    {
      flag: '--audience <audience>',
      name: 'audience',
      description: 'what the token must be for (default: sts.googleapis.com)',
      field: 'audience',
      kind: 'text',
    },
    {
      flag: '--duration <time>',
      name: 'duration',
      description: "how long a service account's token shall live, such as 15m (above 1h by organisation policy only)",
      field: 'lifetimeSeconds',
      kind: 'duration',
      ignoredBy: 'executable',
      needs: 'serviceAccount',
      excludedBy: 'idTokenAudience',
    },
    {
      flag: '--id-token <audience>',
      name: 'idToken',
      description: "an ID token of the service account for this receiver, such as a Cloud Run service's URL",
      field: 'idTokenAudience',
      kind: 'text',
      ignoredBy: 'executable',
    },
    {
      flag: '--scopes <url...>',
      name: 'scopes',
      description: 'OAuth scopes of the access token (default: cloud-platform)',
      field: 'scopes',
      kind: 'texts',
      ignoredBy: 'executable',
      excludedBy: 'idTokenAudience',
    },
  ],
  azure: [
    {
      flag: '--application-id <id>',
      name: 'applicationId',
      description: 'instead of a service file: the application or managed identity to become, by its client id',
      field: 'clientId',
      kind: 'text',
      alone: true,
    },
    {
      flag: '--tenant-id <id>',
      name: 'tenantId',
      description: 'with --application-id: the tenant',
      field: 'tenantId',
      kind: 'text',
    },
    {
      flag: '--resource <url>',
      name: 'resource',
      description: 'what the access token shall be for, such as https://storage.azure.com (default: Resource Manager)',
      field: 'scope',
      kind: 'text',
    },
    {
      flag: '--environment <name>',
      name: 'environment',
      description: 'the cloud of the tenant: public, usgovernment or china (default: public)',
      field: 'environment',
      kind: 'text',
    },
    {
      flag: '--audience <audience>',
      name: 'audience',
      description: "what the issuer's token must be for (default: the cloud's constant)",
      field: 'audience',
      kind: 'text',
    },
    {
      flag: '--federated-token-file <path>',
      name: 'federatedTokenFile',
      description: 'with --format federated-token-file: where to keep the token that software exchanges by itself',
      field: 'federatedTokenFile',
      kind: 'text',
      format: 'federated-token-file',
    },
  ],
}

/** The flag that was given and stands for a target of a service file, if one was. */
export function targetFlag(cloud: CloudName, options: object): string | undefined {
  const given = credentialFlags[cloud].find(({ name, alone }) => alone && Reflect.get(options, name) !== undefined)
  return given?.flag.split(' ')[0]
}

/** What the flags of one cloud say, as fields of a target. */
export async function targetFields(
  cloud: CloudName,
  options: object,
  terminal: Terminal,
): Promise<Record<string, unknown>> {
  const fields: Record<string, unknown> = {}
  for (const flag of credentialFlags[cloud]) {
    const given: unknown = Reflect.get(options, flag.name)
    if (given !== undefined) fields[flag.field] = await fieldValue(flag, given, terminal)
  }
  return fields
}

async function fieldValue({ kind, flag }: CredentialFlag, given: unknown, terminal: Terminal): Promise<unknown> {
  if (kind === 'duration') return parseDuration(String(given))
  if (kind !== 'json file') return given
  const text = await fileText(String(given), terminal)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FederateError({
      code: 'FLAG_INVALID',
      outcome: 'usage',
      problem: `The file of ${flag.split(' ')[0]} is no JSON: ${String(given)}.`,
      next: 'Write a policy document into it, as an object of JSON.',
      cause,
    })
  }
}
