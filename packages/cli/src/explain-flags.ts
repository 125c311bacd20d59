import type { CloudName } from './clouds.ts'

/** A flag by which `explain` takes trust from files instead of federate.yaml; each cloud has its own. */
export interface ExplainFlag {
  /** As commander reads it. */
  readonly flag: string
  /** The name under which the cloud finds it. */
  readonly name: string
  readonly kind: 'file' | 'value'
  readonly description: string
  /** With --live: names the object in the cloud, so that federate.yaml need not know it. */
  readonly names?: true
}

/** The flags of each cloud; the first of them is the one that makes the trust come from files. */
export const explainFlags: Readonly<Record<CloudName, readonly ExplainFlag[]>> = {
  aws: [
    {
      flag: '--trust-policy <path>',
      name: 'trustPolicy',
      kind: 'file',
      description: 'instead of federate.yaml: a trust policy, or what `aws iam get-role` prints',
    },
    {
      flag: '--provider <path>',
      name: 'provider',
      kind: 'file',
      description: 'with --trust-policy: what `aws iam get-open-id-connect-provider` prints',
    },
    {
      flag: '--role-arn <arn>',
      name: 'roleArn',
      kind: 'value',
      names: true,
      description: 'with --trust-policy or --live: the role',
    },
    {
      flag: '--session-name <name>',
      name: 'sessionName',
      kind: 'value',
      description: 'with --trust-policy or --live: the session name that is asked for',
    },
    {
      flag: '--duration <seconds>',
      name: 'duration',
      kind: 'value',
      description: 'with --trust-policy or --live: the duration that is asked for',
    },
    {
      flag: '--source-ip <address>',
      name: 'sourceIp',
      kind: 'value',
      description: 'with --trust-policy or --live: where the call will come from',
    },
  ],
  gcp: [
    {
      flag: '--provider <path>',
      name: 'provider',
      kind: 'file',
      description: 'instead of federate.yaml: what `gcloud iam workload-identity-pools providers describe` prints',
    },
    {
      flag: '--pool <path>',
      name: 'pool',
      kind: 'file',
      description: 'with --provider: what `gcloud iam workload-identity-pools describe` prints',
    },
    {
      flag: '--policy <path>',
      name: 'policy',
      kind: 'file',
      description: 'with --provider: what `gcloud iam service-accounts get-iam-policy` prints, or that of a resource',
    },
    {
      flag: '--service-account <email>',
      name: 'serviceAccount',
      kind: 'value',
      description: 'with --policy: the service account whose policy it is',
    },
    {
      flag: '--role <role>',
      name: 'role',
      kind: 'value',
      description: 'with --policy of a resource: the role that the service needs there, without a service account',
    },
  ],
  azure: [
    {
      flag: '--federated-credentials <path>',
      name: 'federatedCredentials',
      kind: 'file',
      description: 'instead of federate.yaml: what `az ad app federated-credential list` or Graph prints',
    },
    {
      flag: '--application-id <id>',
      name: 'applicationId',
      kind: 'value',
      names: true,
      description: 'with --federated-credentials or --live: the application',
    },
    {
      flag: '--tenant-id <id>',
      name: 'tenantId',
      kind: 'value',
      description: 'with --federated-credentials or --live: the tenant',
    },
  ],
}

export const explainExamples: Readonly<Record<CloudName, readonly string[]>> = {
  aws: [
    'federate explain aws billing --live',
    'federate explain aws --trust-policy role.json --provider provider.json --token-file token.jwt',
  ],
  gcp: ['federate explain gcp --provider provider.yaml --policy policy.yaml --token-file token.jwt --jwks jwks.json'],
  azure: [
    'federate explain azure billing --live',
    'federate explain azure --federated-credentials credentials.json --token-file token.jwt',
  ],
}
