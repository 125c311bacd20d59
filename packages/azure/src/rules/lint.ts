import { isPrivateHost, type RuleResult } from '@federate/core'
import { credentialProblems, limits } from './limits.ts'
import type { AcceptanceQuestion, FederatedCredential } from './question.ts'

/** What is wrong or dangerous about federated credentials whatever the token says. */
export function lint({ client }: AcceptanceQuestion): readonly RuleResult[] {
  const all = client?.federatedCredentials ?? []
  return [...fullness(all), ...all.flatMap((one) => [...storable(one, all), ...subject(one), ...issuer(one)])]
}

function fullness(all: readonly FederatedCredential[]): readonly RuleResult[] {
  if (all.length < limits.credentialsPerParent) return []
  return [
    warning('lint-credential-limit', 'The client is full: a further service needs another application or identity.', {
      expected: `at most ${limits.credentialsPerParent} federated credentials`,
      actual: String(all.length),
    }),
  ]
}

function storable(credential: FederatedCredential, all: readonly FederatedCredential[]): readonly RuleResult[] {
  const siblings = all.filter((one) => one !== credential).slice(0, limits.credentialsPerParent - 1)
  return credentialProblems(credential, siblings).map(({ field, detail }) =>
    warning(`lint-credential-${field}`, `Entra would not store the credential "${credential.name}": ${detail}`, {}),
  )
}

function subject({ name, subject: text }: FederatedCredential): readonly RuleResult[] {
  if (!/[*?]/.test(text)) return []
  return [
    warning('lint-subject-wildcard', `The subject of "${name}" looks like a pattern; Entra compares it as it stands.`, {
      actual: text,
      next: 'Write one credential for each subject: patterns are for GitHub, GitLab and Terraform Cloud only.',
    }),
  ]
}

function issuer({ name, issuer: url }: FederatedCredential): readonly RuleResult[] {
  const parsed = URL.parse(url)
  if (parsed === null || parsed.protocol !== 'https:' || !isPrivateHost(url)) return []
  return [
    warning('lint-issuer-private', `Entra cannot reach the issuer of "${name}" from the internet.`, {
      actual: url,
      next: 'Make discovery and jwks_uri public, under the very URL that stands in iss.',
    }),
  ]
}

function warning(rule: string, detail: string, extra: Pick<RuleResult, 'expected' | 'actual' | 'next'>): RuleResult {
  return { rule, outcome: 'warning', detail, ...extra }
}
