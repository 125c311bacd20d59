export { GcpAuthClient, type GcpAuthClientOptions, gcpAuthClient } from './auth-client.ts'
export { type ExchangeContext, exchange, exchangeForIdToken } from './exchange.ts'
export { type GcpRuntime, parseGcpRuntime } from './target.ts'
export { GcpCredentials } from './temporary-credentials.ts'
