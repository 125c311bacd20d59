import type { Cloud } from '@federate/core'
import { formatNames } from './format-names.ts'
import { isPropagating } from './propagation.ts'
import { type AwsRuntime, type AwsWish, audienceOf, parseAwsRuntime, requestedAudience } from './target.ts'
import type { AwsCredentials } from './temporary-credentials.ts'
import type { AwsAccess } from './trust/access.ts'

/** AWS as the command and the agent see it. What is not asked for is not loaded: no SDK, no schema library. */
export const aws: Cloud<AwsWish, AwsRuntime, AwsCredentials, AwsAccess> = {
  name: 'aws',
  wish: async () => (await import('./wish-schema.ts')).awsWishSchema,
  access: async () => (await import('./trust/access-schema.ts')).awsAccessSchema,
  trust: async (request) => (await import('./trust/trust.ts')).awsTrust(request),
  runtime: async (value, where) => parseAwsRuntime(value, where),
  wishedAudience: async ({ wish }, { clientId }) =>
    wish.audience === 'client' ? undefined : audienceOf(wish, clientId),
  audience: requestedAudience,
  exchange: async (runtime, source, context) => (await import('./exchange.ts')).exchange(runtime, source, context),
  environment: [
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_STS',
    'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
    'AWS_USE_FIPS_ENDPOINT',
    'AWS_USE_DUALSTACK_ENDPOINT',
    'AWS_PROFILE',
    'AWS_CONFIG_FILE',
  ],
  toRecord: async (credentials) => (await import('./record.ts')).toRecord(credentials),
  fromRecord: async (record) => (await import('./record.ts')).fromRecord(record),
  isPropagating,
  identify: async (credentials, runtime, context) =>
    (await import('./identify.ts')).identify(credentials, runtime, context),
  explain: async (question) => (await import('./explain.ts')).explain(question),
  explainFiles: async (question) => (await import('./explain-files.ts')).explainFiles(question),
  explainLive: async (question) => (await import('./explain-live.ts')).explainLive(question),
  formats: formatNames,
  fileFormats: async () => (await import('./file-formats.ts')).fileFormats,
  endpoint: async () => (await import('./endpoint.ts')).containerEndpoint,
  storedKeys: async (env) => (await import('./stored-keys.ts')).storedKeys(env),
  configure: async (wish, context) => (await import('./shared-files/profiles.ts')).configure(wish, context),
  profiles: async () => (await import('./shared-files/profiles.ts')).profiles,
  format: async (name, credentials, runtime) => (await import('./formats.ts')).format(name, credentials, runtime),
}
