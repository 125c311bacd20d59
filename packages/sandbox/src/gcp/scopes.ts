import { invalid, StsFault } from './google-fault.ts'

/** Of "OAuth 2.0 Scopes for Google APIs", those of the products of Google Cloud, without their common beginning. */
const ofCloud = [
  'cloud-platform',
  'cloud-platform.read-only',
  'iam',
  ...['bigquery', 'bigquery.insertdata', 'bigquery.readonly'],
  ...['bigtable.admin', 'bigtable.admin.table', 'bigtable.data', 'bigtable.data.readonly'],
  ...['cloudkms', 'cloud_debugger', 'compute', 'compute.readonly', 'datastore'],
  ...['devstorage.full_control', 'devstorage.read_only', 'devstorage.read_write', 'drive', 'drive.readonly'],
  ...['logging.admin', 'logging.read', 'logging.write', 'monitoring', 'monitoring.read', 'monitoring.write'],
  ...[
    'ndev.clouddns.readonly',
    'ndev.clouddns.readwrite',
    'pubsub',
    'service.management',
    'service.management.readonly',
  ],
  ...['servicecontrol', 'spanner.admin', 'spanner.data', 'spreadsheets', 'spreadsheets.readonly', 'sqlservice.admin'],
  ...['trace.append', 'trace.readonly', 'userinfo.email', 'userinfo.profile'],
]

const known: ReadonlySet<string> = new Set([
  ...['openid', 'email', 'profile'],
  ...ofCloud.map((name) => `https://www.googleapis.com/auth/${name}`),
])

/**
 * STS answers `invalid_scope` to scopes that are none (talkiq/gcloud-aio#1090), in these words
 * (googleapis/python-genai#944).
 *
 * @throws StsFault
 */
export function refuseUnknownScopesAtSts(scopes: readonly string[]): void {
  if (scopes.every((scope) => known.has(scope))) return
  throw new StsFault('invalid_scope', 'Invalid OAuth scope or ID token audience provided.')
}

/** @throws GoogleFault INVALID_ARGUMENT */
export function refuseUnknownScopes(scopes: readonly string[]): void {
  const unknown = scopes.find((scope) => !known.has(scope))
  if (unknown !== undefined) throw invalid(`The sandbox knows no OAuth scope ${unknown} of Google Cloud.`)
}
