import type { Cloud } from '@federate/core'
import { formatNames } from './format-names.ts'
import { isPropagating, propagationTime } from './propagation.ts'
import { type GcpRuntime, parseGcpRuntime, requestedAudience, sharedAudience } from './target.ts'
import type { GcpCredentials } from './temporary-credentials.ts'
import type { GcpAccess } from './trust/access.ts'
import type { GcpWish } from './wish.ts'

/** Google Cloud as the command and the agent see it. What is not asked for is not loaded: no library of Google's, no schemas, no CEL. */
export const gcp: Cloud<GcpWish, GcpRuntime, GcpCredentials, GcpAccess> = {
  name: 'gcp',
  wish: async () => (await import('./wish-schema.ts')).gcpWishSchema,
  access: async () => (await import('./trust/access-schema.ts')).gcpAccessSchema,
  trust: async (request) => (await import('./trust/trust.ts')).gcpTrust(request),
  runtime: async (value, where) => parseGcpRuntime(value, where),
  wishedAudience: async ({ wish }) => (wish.audience === 'client' ? undefined : (wish.tokenAudience ?? sharedAudience)),
  audience: requestedAudience,
  exchange: async (runtime, source, context) =>
    runtime.idTokenAudience === undefined
      ? (await import('./exchange.ts')).exchange(runtime, source, context)
      : (await import('./id-token.ts')).idToken(runtime, runtime.idTokenAudience, source, context),
  environment: ['CLOUDSDK_API_ENDPOINT_OVERRIDES_STS', 'CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS'],
  toRecord: async (credentials) => (await import('./record.ts')).toRecord(credentials),
  fromRecord: async (record) => (await import('./record.ts')).fromRecord(record),
  isPropagating,
  propagationTime,
  identify: async (credentials, runtime, context) =>
    (await import('./identify.ts')).identify(credentials, runtime, context),
  explain: async (question) => (await import('./explain.ts')).explain(question),
  explainLive: async (question) => (await import('./explain-live.ts')).explainLive(question),
  explainFiles: async (question) => (await import('./explain-files.ts')).explainFiles(question),
  fileFormats: async () => (await import('./file-formats.ts')).fileFormats,
  endpoint: async () => (await import('./endpoint.ts')).urlSource,
  formats: formatNames,
  handOverFormat: 'executable',
  handOver: async () => (await import('./executable.ts')).executable,
  storedKeys: async (env) => (await import('./stored-keys.ts')).storedKeys(env),
  configure: async (wish, context) => (await import('./configure.ts')).configure(wish, context),
  format: async (name, credentials) => (await import('./formats.ts')).format(name, credentials),
}
