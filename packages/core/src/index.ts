export { withSignals } from './abort.ts'
export type { ClientAuthentication, ClientProof, ProofRequest } from './authentication/client-authentication.ts'
export { type ClientSecretOptions, clientSecret } from './authentication/client-secret.ts'
export { type ClientSecretJwtOptions, clientSecretJwt } from './authentication/client-secret-jwt.ts'
export { type CustomProof, customAuthentication } from './authentication/custom-authentication.ts'
export { type JwtFileOptions, jwtFile } from './authentication/jwt-file.ts'
export { parseKeySet } from './authentication/key-set.ts'
export type { OwnSigner } from './authentication/own-signer.ts'
export { readPrivateKey } from './authentication/private-key.ts'
export { type PrivateKeyJwtOptions, privateKeyJwt } from './authentication/private-key-jwt.ts'
export type { PrivateKeySource } from './authentication/private-key-source.ts'
export { readSecret, type SecretOptions } from './authentication/secret.ts'
export type { SecretSource } from './authentication/secret-holder.ts'
export { checkSignature } from './authentication/signature.ts'
export { type TlsClientAuthOptions, tlsClientAuth } from './authentication/tls-client-auth.ts'
export {
  type ClockReading,
  clockAhead,
  clockSentence,
  endWithin,
  monotonicNow,
  readClocks,
  secondsBetween,
  secondsSetBack,
  startStopwatch,
} from './clock.ts'
export type {
  CallContext,
  Cloud,
  CloudCredentials,
  ConfigurationWish,
  Configured,
  FileFormat,
  FilePlace,
  FileQuestion,
  HandOver,
  LiveQuestion,
  Profiles,
  Question,
  TokenQuestion,
  Trust,
  TrustFile,
  TrustRequest,
} from './cloud.ts'
export { describeKey } from './describe-value.ts'
export { formatDuration, parseDuration } from './duration.ts'
export type { Endpoint, EndpointAnswer, EndpointPlace, EndpointRequest, Lender } from './endpoint.ts'
export { FederateError, type FederateErrorOptions, type Outcome } from './errors.ts'
export { type AtomicFileOptions, type FileOwner, writeFileAtomically } from './files/atomic-file.ts'
export { warnOfReaders } from './files/readers.ts'
export { readSmallFile } from './files/small-file.ts'
export { refuseOpenPlace, trustedFolder } from './files/trusted-folder.ts'
export { foundIn } from './found-in.ts'
export { type KeepCredentialsOptions, type KeptCredentials, keepCredentials } from './freshness/keep-credentials.ts'
export type { KeptEvent, KeptRequest } from './freshness/kept.ts'
export { RecentlyUsed } from './freshness/recently-used.ts'
export {
  type DiscoveryOptions,
  discoverForVerification,
  discoverIssuer,
  type IssuerMetadata,
  type VerificationMetadata,
} from './issuer/discovery.ts'
export { parseIssuerUrl } from './issuer/issuer-url.ts'
export { KeptMetadata, type MetadataOptions } from './issuer/kept-metadata.ts'
export { type BackOffOptions, backOff } from './network/back-off.ts'
export { type CertificateAuthority, readAuthority } from './network/certificate-authority.ts'
export type { ClientCertificate, Fetch, FetchInit, FetchResponse, Now } from './network/fetch.ts'
export { foreignFailure } from './network/foreign-failure.ts'
export { isLoopbackHost, isPrivateHost, publicPaths } from './network/hosts.ts'
export { type HttpAnswer, type HttpRequest, jsonObject, sendRequest, tryJsonObject } from './network/http.ts'
export type { Peer } from './network/peer.ts'
export { type RetryOptions, withRetries } from './network/retry.ts'
export { retryAfterIn } from './network/retry-after.ts'
export { type NodeFetchOptions, nodeFetch } from './network/transport.ts'
export { type NumberRange, type OptionOwner, OptionPlace, optionsOf } from './options/option-place.ts'
export { printable } from './redaction/printable.ts'
export { fingerprint, redactText } from './redaction/redact.ts'
export { clientAuthentication, isTokenReference } from './service-file/auth-reference.ts'
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
} from './service-file/service.ts'
export { parseServiceFile } from './service-file/service-file.ts'
export { formatServiceFile } from './service-file/service-file-format.ts'
export {
  readServiceFile,
  resolveServiceFile,
  type ServiceFileQuestion,
  serviceFolder,
} from './service-file/service-file-location.ts'
export { withMovedCa, withMovedPaths } from './service-file/service-paths.ts'
export { givenTokens } from './service-file/token-reference.ts'
export {
  dateAt,
  describeFound,
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
  placeAt,
  refuseUnknownKeys,
  stringAt,
  type Where,
} from './shape.ts'
export { type ShellFormat, shellLines } from './shell-lines.ts'
export { type Sleep, sleep } from './sleep.ts'
export { nearest } from './suggest.ts'
export { type AudienceParameters, audienceParameters, ownParameters } from './tokens/audience.ts'
export { type ClientCredentialsOptions, clientCredentials } from './tokens/client-credentials.ts'
export { checkClientOptions, clientAuthenticationAt, clientOptionNames } from './tokens/client-options.ts'
export { type KeepFreshOptions, type KeptTokenSource, keepFresh } from './tokens/freshness.ts'
export type { FreshnessEvent } from './tokens/freshness-event.ts'
export { type GithubActionsOptions, githubActions } from './tokens/github-actions.ts'
export { tokenText } from './tokens/given-token.ts'
export {
  audiences,
  type DecodedJwt,
  dateClaim,
  type JwtClaims,
  readJwt,
  stringClaim,
  tryReadJwt,
} from './tokens/jwt.ts'
export type { RevocableTokenSource, Revocation } from './tokens/revocation.ts'
export { credentialOptionsAt } from './tokens/source-options.ts'
export { Token } from './tokens/token.ts'
export { type TokenCommandOptions, tokenCommand } from './tokens/token-command.ts'
export { type TokenEnvironmentOptions, tokenEnvironment } from './tokens/token-environment.ts'
export { type TokenFileOptions, tokenFile } from './tokens/token-file.ts'
export type { TokenRequest, TokenSource } from './tokens/token-source.ts'
export type { Seconds } from './units.ts'
export type { ExaminedToken, RuleResult, SignatureState, Verdict } from './verdict.ts'
export { whenThere } from './when-there.ts'
