export {
  type AwsCredentialIdentity,
  type AwsCredentialIdentityProvider,
  type AwsCredentialsOptions,
  awsCredentials,
} from './credentials.ts'
export { type ExchangeContext, exchange } from './exchange.ts'
export { credentialProcess, environment, json } from './formats.ts'
export { isPropagating } from './propagation.ts'
export { type AwsRuntime, parseAwsRuntime } from './target.ts'
export { AwsCredentials } from './temporary-credentials.ts'
