export type { CallContext, Cloud, CloudCredentials, Question, Trust, TrustRequest } from './cloud.ts'
export { FederateError, type FederateErrorOptions, type Outcome } from './errors.ts'
export type { Fetch, FetchInit, FetchResponse, Now } from './fetch.ts'
export {
  audiences,
  type DecodedJwt,
  dateClaim,
  type JwtClaims,
  readJwt,
  stringClaim,
  tryReadJwt,
} from './jwt.ts'
export { fingerprint, redactText } from './redact.ts'
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
export { Token } from './token.ts'
export type { TokenRequest, TokenSource } from './token-source.ts'
export type { Seconds } from './units.ts'
export type { ExaminedToken, RuleResult, SignatureState, Verdict } from './verdict.ts'
