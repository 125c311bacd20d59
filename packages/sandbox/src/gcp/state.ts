import { randomBytes } from 'node:crypto'
import type { Delayed } from './delayed.ts'

/** Soft-deleted pools, providers and service accounts stay for 30 days, in milliseconds. */
export const keptAfterDeletion = 30 * 24 * 3_600_000

/** One workload identity pool as IAM keeps it. */
export interface Pool {
  readonly id: string
  readonly displayName: string
  readonly description: string
  readonly disabled: boolean
  /** When it was deleted, in milliseconds; it is there still, and its id is taken. */
  readonly deletedAt: number | undefined
}

/** One OIDC provider of a pool. */
export interface Provider {
  readonly id: string
  readonly displayName: string
  readonly description: string
  readonly disabled: boolean
  readonly deletedAt: number | undefined
  readonly issuerUri: string
  readonly allowedAudiences: readonly string[]
  readonly attributeMapping: Readonly<Record<string, string>>
  readonly attributeCondition: string
  readonly jwksJson: string | undefined
}

export interface ServiceAccount {
  readonly email: string
  readonly uniqueId: string
  readonly displayName: string
  readonly description: string
  readonly disabled: boolean
}

export interface Binding {
  readonly role: string
  readonly members: readonly string[]
  readonly condition?: { readonly title: string; readonly expression: string }
}

/** An IAM policy with the etag that guards it. */
export interface Policy {
  readonly version: number
  readonly etag: string
  readonly bindings: readonly Binding[]
}

export interface PoolRecord {
  readonly pool: Delayed<Pool>
  readonly providers: Map<string, Delayed<Provider>>
}

export interface AccountRecord {
  readonly account: ServiceAccount
  readonly policy: Delayed<Policy>
}

/** One project: what it holds, to look at and to change behind everyone's back. */
export interface Project {
  readonly id: string
  readonly number: string
  readonly pools: Map<string, PoolRecord>
  /** By email address. */
  readonly serviceAccounts: Map<string, AccountRecord>
  readonly policy: Delayed<Policy>
  readonly enabledServices: Set<string>
}

/** The APIs that federation needs, by their titles. */
export const apis: Readonly<Record<string, string>> = {
  'iam.googleapis.com': 'Identity and Access Management (IAM) API',
  'cloudresourcemanager.googleapis.com': 'Cloud Resource Manager API',
  'iamcredentials.googleapis.com': 'IAM Service Account Credentials API',
  'sts.googleapis.com': 'Security Token Service API',
  'serviceusage.googleapis.com': 'Service Usage API',
}

export function newPolicy(bindings: readonly Binding[] = []): Policy {
  return { version: 1, etag: newEtag(), bindings }
}

export function newEtag(): string {
  return randomBytes(6).toString('base64')
}
