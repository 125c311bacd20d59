export { type AtomicFileOptions, writeFileAtomically } from './atomic-file.ts'
export { type AudienceParameters, audienceParameters } from './audience.ts'
export { type ClientAuthReference, clientAuthentication } from './auth-reference.ts'
export type { ClientAuthentication, ClientProof, ProofRequest } from './client-authentication.ts'
export { type ClientCredentialsOptions, clientCredentials } from './client-credentials.ts'
export { type ClientSecretOptions, clientSecret } from './client-secret.ts'
export type { CallContext, Cloud, CloudCredentials, Question, Trust, TrustRequest } from './cloud.ts'
export { type DiscoveryOptions, discoverIssuer, type IssuerMetadata } from './discovery.ts'
export { parseDuration } from './duration.ts'
export { FederateError, type FederateErrorOptions, type Outcome } from './errors.ts'
export type { Fetch, FetchInit, FetchResponse, Now } from './fetch.ts'
export { type KeepFreshOptions, keepFresh } from './freshness.ts'
export type { FreshnessEvent } from './freshness-event.ts'
export { isLoopbackHost, isPrivateHost, publicPaths } from './hosts.ts'
export { type HttpAnswer, type HttpRequest, sendRequest } from './http.ts'
export { parseIssuerUrl } from './issuer-url.ts'
export {
  audiences,
  type DecodedJwt,
  dateClaim,
  type JwtClaims,
  readJwt,
  stringClaim,
  tryReadJwt,
} from './jwt.ts'
export { readPrivateKey } from './private-key.ts'
export { type PrivateKeyJwtOptions, type PrivateKeySource, privateKeyJwt } from './private-key-jwt.ts'
export { fingerprint, redactText } from './redact.ts'
export { type RetryOptions, withRetries } from './retry.ts'
export { readSecret, type SecretOptions } from './secret.ts'
export type { SecretSource } from './secret-holder.ts'
export type {
  ApiWish,
  AudienceStyle,
  AuthReference,
  FederateFile,
  Issuer,
  IssuerKind,
  RuntimeTarget,
  SecretReference,
  ServiceFile,
  ServiceWish,
  TargetWish,
} from './service.ts'
export { parseServiceFile } from './service-file.ts'
export { formatServiceFile } from './service-file-format.ts'
export { readServiceFile, resolveServiceFile, type ServiceFileQuestion } from './service-file-location.ts'
export {
  type Fields,
  integerAt,
  type NumberLimits,
  objectAt,
  oneOfAt,
  optionalIntegerAt,
  optionalOneOfAt,
  optionalStringAt,
  refuseUnknownKeys,
  stringAt,
} from './shape.ts'
export { checkSignature } from './signature.ts'
export { type Sleep, sleep } from './sleep.ts'
export { nearest } from './suggest.ts'
export { Token } from './token.ts'
export { type TokenFileOptions, tokenFile } from './token-file.ts'
export type { TokenRequest, TokenSource } from './token-source.ts'
export { type NodeFetchOptions, nodeFetch } from './transport.ts'
export type { Seconds } from './units.ts'
export type { ExaminedToken, RuleResult, SignatureState, Verdict } from './verdict.ts'
