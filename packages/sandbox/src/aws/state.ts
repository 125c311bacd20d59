import { randomBytes } from 'node:crypto'
import { trustPolicyQuota } from '@federate/aws/rules'
import type { Seconds } from '@federate/core'

/** An IAM OIDC provider. Tests may change it behind everyone's back. */
export interface Provider {
  readonly arn: string
  readonly url: string
  clientIds: string[]
  thumbprints: string[]
  readonly createDate: Date
  readonly tags: Map<string, string>
}

export interface Role {
  readonly name: string
  readonly path: string
  readonly id: string
  readonly arn: string
  readonly createDate: Date
  /** JSON text. */
  trustPolicy: string
  description: string | undefined
  maxSessionDuration: Seconds
  permissionsBoundary: string | undefined
  /** ARNs. */
  readonly attachedPolicies: Set<string>
  /** JSON text by name. */
  readonly inlinePolicies: Map<string, string>
  readonly tags: Map<string, string>
}

/** One account. */
export interface Account {
  readonly id: string
  /** Which of AWS's worlds it is in, as its ARNs name it: `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc`. */
  readonly partition: string
  /** How many characters a trust policy may have: IAM's default is 2048, and support raises it to 8192 at most. */
  trustPolicyQuota: number
  /** By ARN. */
  readonly providers: Map<string, Provider>
  /** By name. */
  readonly roles: Map<string, Role>
  /** ARNs of customer managed policies that exist; the sandbox has no call that makes them. */
  readonly customerPolicies: Set<string>
}

export function newAccount(id: string, partition = 'aws'): Account {
  const empty = { providers: new Map(), roles: new Map(), customerPolicies: new Set<string>() }
  return { id, partition, trustPolicyQuota, ...empty }
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** An identifier as AWS makes them: a prefix that says of what, and random letters and digits. */
export function uniqueId(prefix: 'AKIA' | 'ASIA' | 'AROA' | 'AIDA', length = 16): string {
  return prefix + [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('')
}
