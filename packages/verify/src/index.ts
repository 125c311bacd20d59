export { authorise } from './authorise.ts'
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
export { type ClaimValue, isText, requireClaim } from './require-claim.ts'
export type { ClaimsOf, Requirement } from './requirement.ts'
export { type RoleOptions, requireClient, requireRole, requireScope } from './requirements.ts'
export { isCloudAudience } from './rules/claim-rules.ts'
export type { VerifiedToken } from './tokens/verified-token.ts'
export { createVerifier, type Verifier } from './verifier.ts'
