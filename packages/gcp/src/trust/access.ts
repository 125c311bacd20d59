/** Google Cloud's part of federate.admin.yaml. */
export interface GcpAccess {
  /** A service account that the administrator acts as, by impersonation. */
  readonly impersonate?: string
  /** Projects that may hold what federate.yaml has forgotten. Those that it names are always looked through. */
  readonly projects?: readonly string[]
  /** The project that calls are counted for. Default: what the credentials name. */
  readonly quotaProject?: string
}
