import type { Cloud } from '@federate/core'
import { isPropagating } from './propagation.ts'
import { type AwsRuntime, type AwsWish, audienceOf, parseAwsRuntime, requestedAudience } from './target.ts'
import type { AwsCredentials } from './temporary-credentials.ts'

/** AWS as the command and the agent see it. What is not asked for is not loaded: no SDK, no schema library. */
export const aws: Cloud<AwsWish, AwsRuntime, AwsCredentials> = {
  name: 'aws',
  wish: async () => (await import('./wish-schema.ts')).awsWishSchema,
  trust: async (request) => (await import('./trust/trust.ts')).awsTrust(request),
  runtime: async (value, where) => parseAwsRuntime(value, where),
  wishedAudience: async ({ wish }, { clientId }) =>
    wish.audience === 'client' ? undefined : audienceOf(wish, clientId),
  audience: requestedAudience,
  exchange: async (runtime, source, context) => (await import('./exchange.ts')).exchange(runtime, source, context),
  isPropagating,
  identify: async (credentials, runtime, context) =>
    (await import('./identify.ts')).identify(credentials, runtime, context),
  explain: async (question) => (await import('./explain.ts')).explain(question),
  formats: ['credential-process', 'env', 'json'],
  format: async (name, credentials, runtime) => (await import('./formats.ts')).format(name, credentials, runtime),
}
