/**
 * Google's rules of accepting a token by Workload Identity Federation, as pure functions: `explain` asks them, `setup`
 * refuses trust that they would never match, and the sandbox enforces them.
 */
export { evaluate } from './evaluate.ts'
export { lint } from './lints/lint.ts'
export { mappingLimits } from './mapping-problems.ts'
export { formatMember, memberMatches, type PoolMember, parseMember } from './member.ts'
export { type FederatedPrincipal, principalOf } from './principal.ts'
export { audiencePrefix, defaultAudiences, type Lifecycle, type ProviderState, parseProviderName } from './provider.ts'
export type { ProviderProblem } from './provider-problem.ts'
export { idProblem, providerProblems } from './provider-problems.ts'
export type { AcceptanceQuestion, Access, IamPolicy, PolicyBinding } from './question.ts'
export { keyNotRetrieved, lifetimeTooLong, permissionDenied, tokenNotAJwt } from './refusals.ts'
export { hasPrivateKey, type UploadableJwks, uploadableJwks } from './uploaded-jwks.ts'
