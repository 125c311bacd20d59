export { type AtomicFileOptions, writeFileAtomically } from './atomic-file.ts'
export { type AudienceParameters, audienceParameters } from './audience.ts'
export { clientAuthentication, isTokenReference } from './auth-reference.ts'
export type { CertificateAuthority } from './certificate-authority.ts'
export type { ClientAuthentication, ClientProof, ProofRequest } from './client-authentication.ts'
export { type ClientCredentialsOptions, clientCredentials } from './client-credentials.ts'
export { type ClientSecretOptions, clientSecret } from './client-secret.ts'
export { type ClientSecretJwtOptions, clientSecretJwt } from './client-secret-jwt.ts'
export type {
  CallContext,
  Cloud,
  CloudCredentials,
  ConfiguredProfile,
  FileQuestion,
  Profiles,
  Question,
  Trust,
  TrustFile,
  TrustRequest,
} from './cloud.ts'
export { type CustomProof, customAuthentication } from './custom-authentication.ts'
export { type DiscoveryOptions, discoverIssuer, type IssuerMetadata } from './discovery.ts'
export { parseDuration } from './duration.ts'
export { FederateError, type FederateErrorOptions, type Outcome } from './errors.ts'
export type { ClientCertificate, Fetch, FetchInit, FetchResponse, Now } from './fetch.ts'
export { type KeepFreshOptions, type KeptTokenSource, keepFresh } from './freshness.ts'
export type { FreshnessEvent } from './freshness-event.ts'
export { type GithubActionsOptions, githubActions } from './github-actions.ts'
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
export { type JwtFileOptions, jwtFile } from './jwt-file.ts'
export type { OwnSigner } from './own-signer.ts'
export { readPrivateKey } from './private-key.ts'
export { type PrivateKeyJwtOptions, type PrivateKeySource, privateKeyJwt } from './private-key-jwt.ts'
export { fingerprint, redactText } from './redact.ts'
export { type RetryOptions, withRetries } from './retry.ts'
export type { RevocableTokenSource, Revocation } from './revocation.ts'
export { readSecret, type SecretOptions } from './secret.ts'
export type { SecretSource } from './secret-holder.ts'
export type {
  ApiWish,
  AssertionAudience,
  AudienceStyle,
  AuthReference,
  ClientAuthReference,
  FederateFile,
  Issuer,
  IssuerKind,
  RuntimeTarget,
  SecretReference,
  ServiceFile,
  ServiceWish,
  TargetWish,
  TokenReference,
} from './service.ts'
export { parseServiceFile } from './service-file.ts'
export { formatServiceFile } from './service-file-format.ts'
export { readServiceFile, resolveServiceFile, type ServiceFileQuestion } from './service-file-location.ts'
export { withMovedCa, withMovedPaths } from './service-paths.ts'
export {
  type Fields,
  integerAt,
  type NumberLimits,
  objectAt,
  oneOfAt,
  optionalIntegerAt,
  optionalJsonObjectAt,
  optionalListAt,
  optionalOneOfAt,
  optionalStringAt,
  optionalTextsAt,
  refuseUnknownKeys,
  stringAt,
} from './shape.ts'
export { checkSignature } from './signature.ts'
export { type Sleep, sleep } from './sleep.ts'
export { nearest } from './suggest.ts'
export { type TlsClientAuthOptions, tlsClientAuth } from './tls-client-auth.ts'
export { Token } from './token.ts'
export { type TokenCommandOptions, tokenCommand } from './token-command.ts'
export { type TokenEnvironmentOptions, tokenEnvironment } from './token-environment.ts'
export { type TokenFileOptions, tokenFile } from './token-file.ts'
export { givenTokens } from './token-reference.ts'
export type { TokenRequest, TokenSource } from './token-source.ts'
export { type NodeFetchOptions, nodeFetch } from './transport.ts'
export type { Seconds } from './units.ts'
export type { ExaminedToken, RuleResult, SignatureState, Verdict } from './verdict.ts'
