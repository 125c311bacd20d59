/**
 * Entra's rules of accepting a federated token, as pure functions: `explain` asks them, `setup` refuses trust that they
 * would never match, and the sandbox enforces them.
 */
export { type Difference, difference } from './difference.ts'
export { evaluate } from './evaluate.ts'
export { type CredentialProblem, credentialProblems, limits } from './limits.ts'
export { lint } from './lint.ts'
export type { AcceptanceQuestion, ClientState, FederatedCredential } from './question.ts'
export { keyNotPublished, malformed, metadataNotFetched } from './refusals.ts'
