import type { Cloud } from '@federate/core'
import type { AzureCredentials } from './access-token-credentials.ts'
import { formatNames } from './format-names.ts'
import { isPropagating } from './propagation.ts'
import { type AzureRuntime, type AzureWish, audienceOf, parseAzureRuntime, requestedAudience } from './target.ts'
import type { AzureAccess } from './trust/access.ts'

/** Azure as the command and the agent see it. What is not asked for is not loaded: no SDK, no schema library. */
export const azure: Cloud<AzureWish, AzureRuntime, AzureCredentials, AzureAccess> = {
  name: 'azure',
  wish: async () => (await import('./wish-schema.ts')).azureWishSchema,
  access: async () => (await import('./trust/access-schema.ts')).azureAccessSchema,
  trust: async (request) => (await import('./trust/trust.ts')).azureTrust(request),
  runtime: async (value, where) => parseAzureRuntime(value, where),
  wishedAudience: async ({ wish }, { clientId }) =>
    wish.audience === 'client' ? undefined : audienceOf(wish, clientId),
  audience: requestedAudience,
  exchange: async (runtime, source, context) => (await import('./exchange.ts')).exchange(runtime, source, context),
  environment: ['AZURE_AUTHORITY_HOST'],
  toRecord: async (credentials) => (await import('./record.ts')).toRecord(credentials),
  fromRecord: async (record) => (await import('./record.ts')).fromRecord(record),
  isPropagating,
  propagationTime: 300,
  steadyAfter: 3,
  identify: async (credentials, runtime, context) =>
    (await import('./identify.ts')).identify(credentials, runtime, context),
  explain: async (question) => (await import('./explain.ts')).explain(question),
  explainFiles: async (question) => (await import('./explain-files.ts')).explainFiles(question),
  explainLive: async (question) => (await import('./explain-live.ts')).explainLive(question),
  fileFormats: async () => (await import('./file-formats.ts')).fileFormats,
  endpoint: async () => (await import('./endpoint.ts')).identityEndpoint,
  formats: formatNames,
  uncachedFormats: ['federated-token-file'],
  storedKeys: async (env) => (await import('./stored-keys.ts')).storedKeys(env),
  configure: async (wish, context) => (await import('./configure.ts')).configure(wish, context),
  format: async (name, credentials, runtime) => (await import('./formats.ts')).format(name, credentials, runtime),
}
