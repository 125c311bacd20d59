/**
 * AWS's rules of accepting a web identity, as pure functions: `explain` asks them, `setup` refuses trust that they would
 * never match, and the sandbox enforces them.
 */
export { clientIdOf, subjectOf } from './claims.ts'
export { evaluateCondition } from './conditions.ts'
export type { RequestContext } from './context.ts'
export { evaluate } from './evaluate.ts'
export { lint } from './lints/lint.ts'
export { parseTrustPolicy, policySize, trustPolicyQuota } from './parse-policy.ts'
export { readPermissionsPolicy } from './permissions-policy.ts'
export { MalformedPolicy, type TrustPolicy } from './policy.ts'
export { storedUrl } from './provider.ts'
export type { AcceptanceQuestion, ProviderState, RoleState } from './question.ts'
export { keyNotRetrieved, tokenNotAJwt } from './refusals.ts'
export { sessionTags, sourceIdentity, tagsSession } from './session-claims.ts'
export { sessionPolicyRefusal } from './session-policy-rules.ts'
