import type { CloudName } from './clouds.ts'

/** A flag of `configure` for one cloud. */
export interface ConfigureFlag {
  /** As commander reads it. */
  readonly flag: string
  /** Under which name commander gives it, and the cloud gets it. */
  readonly name: string
  readonly description: string
  /** Whether it is a path: then the cloud gets an absolute one. */
  readonly path?: true
  /** Whether commander is to refuse anything else. */
  readonly choices?: readonly string[]
}

export const configureFlags: Readonly<Partial<Record<CloudName, readonly ConfigureFlag[]>>> = {
  aws: [{ flag: '--profile <name>', name: 'profile', description: "the profile's name (default: the service's)" }],
  gcp: [
    {
      flag: '--file <path>',
      name: 'file',
      description: 'where to write (default: <service>.<target>.gcp.json beside the service file)',
      path: true,
    },
    {
      flag: '--source <kind>',
      name: 'source',
      description: 'how libraries get the token (default: file where the service has a token file, else executable)',
      choices: ['executable', 'file'],
    },
    {
      flag: '--token-file <path>',
      name: 'tokenFile',
      description: "with --source file: the file that holds the issuer's token (default: the service's own)",
      path: true,
    },
    {
      flag: '--output-file <path>',
      name: 'outputFile',
      description: "with --source executable: where libraries keep the token (default: in the user's cache folder)",
      path: true,
    },
  ],
  azure: [
    {
      flag: '--file <path>',
      name: 'file',
      description: 'where to write (default: <service>.<target>.azure.env beside the service file)',
      path: true,
    },
    {
      flag: '--federated-token-file <path>',
      name: 'federatedTokenFile',
      description: "the file that holds the issuer's token (default: the service's own)",
      path: true,
    },
  ],
}

/** How `configure` is called, for its help. */
export function configureExample(cloud: CloudName): string {
  const needed = cloud === 'azure' ? ' --federated-token-file /run/billing/azure.jwt' : ''
  return `federate configure ${cloud} --service /etc/billing.federate.json${needed}`
}

/** What `configure` writes, for its help; clouds without have no such verb. */
export const configureWords: Readonly<Partial<Record<CloudName, string>>> = {
  aws: 'write a profile for the AWS CLI and SDKs',
  gcp: "write the file for GOOGLE_APPLICATION_CREDENTIALS, for Google's libraries and gcloud",
  azure: "write an environment file for Azure's SDKs and Terraform, and show how the Azure CLI signs in",
}
