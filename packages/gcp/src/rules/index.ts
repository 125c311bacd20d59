/**
 * Google's rules of accepting a token by Workload Identity Federation, as pure functions: `explain` asks them, `setup`
 * refuses trust that they would never match, and the sandbox enforces them.
 */
export { evaluate } from './evaluate.ts'
export { audiencePrefix, defaultAudiences, type Lifecycle, type ProviderState, parseProviderName } from './provider.ts'
export type { AcceptanceQuestion, Access, IamPolicy, PolicyBinding } from './question.ts'
