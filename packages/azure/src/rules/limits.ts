import type { FederatedCredential } from './question.ts'

/**
 * What Graph and Resource Manager refuse to store (Microsoft Graph, federatedIdentityCredential; Microsoft Entra,
 * workload-identity-federation-considerations).
 */
export const limits = {
  /** Federated credentials of one application or managed identity. */
  credentialsPerParent: 20,
  /** Characters of issuer, subject, audience and description. */
  textLength: 600,
  /** Keys of an issuer that Entra reads. */
  keysPerIssuer: 100,
} as const

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,119}$/

/** One reason for which a federated credential cannot be stored. */
export interface CredentialProblem {
  readonly field: 'name' | 'issuer' | 'subject' | 'audiences' | 'parent'
  readonly detail: string
}

/**
 * Why a federated credential cannot be stored beside others of its parent; empty when it can.
 *
 * @param siblings the others of the parent, without one of the same name, which it would replace.
 */
export function credentialProblems(
  credential: FederatedCredential,
  siblings: readonly FederatedCredential[],
): readonly CredentialProblem[] {
  return [...ownProblems(credential), ...problemsBeside(credential, siblings)]
}

function ownProblems({ name, issuer, subject, audiences }: FederatedCredential): CredentialProblem[] {
  const problems: CredentialProblem[] = []
  if (!namePattern.test(name))
    problems.push({
      field: 'name',
      detail: `The name "${name}" is not 3 to 120 letters, digits, "-" and "_", the first a letter or digit.`,
    })
  if (audiences.length !== 1)
    problems.push({
      field: 'audiences',
      detail: `Federated identity credentials must have exactly one audience, and this one has ${audiences.length}.`,
    })
  const texts = [
    ['issuer', issuer],
    ['subject', subject],
    ['audiences', audiences[0] ?? ''],
  ] as const
  for (const [field, text] of texts) {
    if (text === '') problems.push({ field, detail: `The ${field} is empty.` })
    const { length } = text
    if (length > limits.textLength)
      problems.push({ field, detail: `The ${field} has ${length} characters; Entra stores ${limits.textLength}.` })
  }
  return problems
}

function problemsBeside(
  credential: FederatedCredential,
  siblings: readonly FederatedCredential[],
): CredentialProblem[] {
  const problems: CredentialProblem[] = []
  const { issuer, subject } = credential
  // The audience does not tell them apart.
  const same = siblings.find((one) => one.issuer === issuer && one.subject === subject)
  if (same !== undefined)
    problems.push({
      field: 'subject',
      detail: `The credential "${same.name}" has this issuer and subject already, and a parent takes each pair once.`,
    })
  if (siblings.length >= limits.credentialsPerParent)
    problems.push({
      field: 'parent',
      detail: `The parent has ${siblings.length} federated credentials already, and Entra takes ${limits.credentialsPerParent}.`,
    })
  return problems
}
