export { type BearerRequest, bearerToken } from './bearer.ts'
export { type RefusalAnswer, refusalAnswer } from './challenge.ts'
export { explainToken, type TokenQuestion } from './explain.ts'
export type { IntrospectionOptions } from './introspection/options.ts'
export type {
  DoorSettings,
  GuardOptions,
  KeyOptions,
  Profile,
  TrustedIssuer,
  VerifierOptions,
  VerifierSettings,
} from './options.ts'
export { type Answer, type BearerError, Refusal } from './refusal.ts'
export {
  authorise,
  type ClaimsOf,
  type ClaimValue,
  isText,
  type Requirement,
  type RoleOptions,
  requireClaim,
  requireClient,
  requireRole,
  requireScope,
} from './requirements.ts'
export type { VerifiedToken } from './tokens/verified-token.ts'
export { createVerifier, type Verifier } from './verifier.ts'
