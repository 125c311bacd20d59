import { isPrivateHost, type RuleResult } from '@federate/core'
import { isLoopbackIssuer, warning } from '@federate/core/rules'
import { providerOf } from '../provider.ts'
import type { AcceptanceQuestion } from '../question.ts'

/** An issuer that AWS cannot ask for its keys, or that IAM would not store as it is. */
export function issuerLints(question: AcceptanceQuestion): readonly RuleResult[] {
  const provider = providerOf(question)
  const issuer = question.token.claims['iss']
  // The rule "provider" has spoken of loopback already.
  if (provider === undefined || isLoopbackIssuer(String(issuer))) return []
  const url = `https://${provider.url}`
  return [...unreachable(url), ...unstorable(url)]
}

function unreachable(url: string): readonly RuleResult[] {
  if (!isPrivateHost(url)) return []
  return [
    warning('lint-issuer-private', 'AWS cannot reach this issuer from the internet, and will refuse its tokens.', {
      actual: url,
      next: 'Make discovery and jwks_uri public, under the very URL that stands in iss.',
    }),
  ]
}

function unstorable(url: string): readonly RuleResult[] {
  const found = /[?#]/.test(url) ? 'a query or fragment' : /^https:\/\/[^/]*:\d/.test(url) ? 'a port' : undefined
  if (found === undefined) return []
  return [
    warning('lint-issuer-url', `The provider's URL holds ${found}, which IAM does not take.`, {
      actual: url,
      next: 'Give the issuer a URL of host and path only.',
    }),
  ]
}
