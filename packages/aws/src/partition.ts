/** AWS's partitions: separate worlds with their own accounts, ARNs and endpoints. */
export const partitions = ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'] as const

export type Partition = (typeof partitions)[number]

interface PartitionFacts {
  /** Where IAM and STS are asked when nobody names a region. */
  readonly defaultRegion: string
  readonly dnsSuffix: string
  /** What the names of its regions start with; the commercial partition has all others. */
  readonly regionPrefix?: string
}

/** From botocore's partitions.json. */
const partitionFacts: Readonly<Record<Partition, PartitionFacts>> = {
  aws: { defaultRegion: 'us-east-1', dnsSuffix: 'amazonaws.com' },
  'aws-cn': { defaultRegion: 'cn-north-1', dnsSuffix: 'amazonaws.com.cn', regionPrefix: 'cn-' },
  'aws-us-gov': { defaultRegion: 'us-gov-west-1', dnsSuffix: 'amazonaws.com', regionPrefix: 'us-gov-' },
  'aws-eusc': { defaultRegion: 'eusc-de-east-1', dnsSuffix: 'amazonaws.eu', regionPrefix: 'eusc-' },
}

/** The partition a region belongs to. */
export function partitionOfRegion(region: string): Partition {
  const found = partitions.find((partition) => {
    const prefix = partitionFacts[partition].regionPrefix
    return prefix !== undefined && region.startsWith(prefix)
  })
  return found ?? 'aws'
}

/** The region to ask: the one given if it lies in the partition, else the partition's default. */
export function regionWithin(partition: Partition, ...candidates: readonly (string | undefined)[]): string {
  const fitting = candidates.find((region) => region && partitionOfRegion(region) === partition)
  return fitting ?? partitionFacts[partition].defaultRegion
}

export interface IamArn {
  readonly partition: Partition
  /** Twelve digits, or `aws` for policies that AWS manages. */
  readonly account: string
  /** What follows the account: `role/billing`, `oidc-provider/keycloak.example.com/realms/prod`. */
  readonly resource: string
}

const iamArn = /^arn:(aws|aws-cn|aws-us-gov|aws-eusc):iam::(\d{12}|aws):([^\s:].*)$/

/** Reads an ARN of IAM; `undefined` when it is none. */
export function parseIamArn(arn: string): IamArn | undefined {
  const [, name, account, resource] = iamArn.exec(arn) ?? []
  const partition = partitions.find((one) => one === name)
  if (partition === undefined || account === undefined || resource === undefined) return undefined
  return { partition, account, resource }
}

export function formatIamArn({ partition, account, resource }: IamArn): string {
  return `arn:${partition}:iam::${account}:${resource}`
}

/** The role's name at the end of a role's ARN, without its path; `undefined` when the ARN is not a role's. */
export function roleNameOf(arn: string): string | undefined {
  const resource = parseIamArn(arn)?.resource
  return resource?.startsWith('role/') ? resource.slice(resource.lastIndexOf('/') + 1) : undefined
}

export interface AssumedRole {
  readonly account: string
  readonly role: string
  readonly sessionName: string
}

/** Reads the ARN of an assumed role, as STS gives it; `undefined` when it is none. */
export function parseAssumedRole(arn: string): AssumedRole | undefined {
  const [, account, role, sessionName] = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/.exec(arn) ?? []
  if (account === undefined || role === undefined || sessionName === undefined) return undefined
  return { account, role, sessionName }
}
