import type { GoogleApi } from '../endpoints.ts'

/** One call of an administrator to a Google API. */
export interface AdminCall {
  readonly api: GoogleApi
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** From the version on, with its query: `v1/projects/acme-prod/serviceAccounts`. */
  readonly path: string
  readonly body?: object
  /** The permission that it needs, as a role lists it: `iam.workloadIdentityPools.create`. */
  readonly permission: string
  /** What it is done to, for people. */
  readonly resource: string
  /** The project that it is done in. */
  readonly project: string
}
