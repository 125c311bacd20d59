import { type Finding, failed, isLoopbackIssuer, passed, unknown, warned } from '@federate/core/rules'
import { home, providerOf, storedUrl } from './provider.ts'
import type { AcceptanceQuestion, ProviderState } from './question.ts'
import { providerNotFound } from './refusals.ts'
import type { Rule } from './rule.ts'

const providerRule: Rule = {
  name: 'provider',
  needs: ['required-claims', 'issuer-shape'],
  check(question) {
    const issuer = String(question.token.claims['iss'])
    const provider = providerOf(question)
    if (provider === undefined) return [missing(question, issuer)]
    const pair = { expected: provider.url, actual: issuer }
    if (isLoopbackIssuer(issuer))
      return [warned('An issuer on loopback is accepted by the sandbox only: AWS cannot reach it.', pair)]
    return [passed('IAM has a provider for the issuer, in the account of the role.', pair)]
  },
}

function missing(question: AcceptanceQuestion, issuer: string): Finding {
  const near = closest(question, issuer)
  if (near?.difference === 'port')
    return unknown('IAM stores a provider without :443; whether it accepts tokens that say it is not documented.', {
      expected: near.provider.url,
      actual: issuer,
      next: 'Take :443 out of the issuer URL.',
    })
  return failed(providerNotFound(issuer), 'No IAM OIDC provider of the role’s account has exactly this issuer URL.', {
    expected: near?.provider.url ?? (question.providers.map((one) => one.url).join(', ') || '(no provider)'),
    actual: issuer,
    next: near === undefined ? 'Run federate setup aws to create the provider.' : advice[near.difference],
  })
}

type Difference = 'account' | 'slash' | 'case' | 'path' | 'scheme' | 'port'

const advice: Record<Exclude<Difference, 'port'>, string> = {
  account: 'Create the provider in the account of the role: provider and role must be in the same account.',
  slash: 'The two differ by the slash at the end: for IAM these are two providers. Use the exact iss of the tokens.',
  case: 'The two differ in upper and lower case: IAM compares exactly. Use the exact iss of the tokens.',
  path: 'Host is right, path is not: check the realm, and whether Keycloak still serves the old /auth base path.',
  scheme: 'AWS accepts only issuers whose iss begins with https://.',
}

function closest(
  question: AcceptanceQuestion,
  issuer: string,
): { provider: ProviderState; difference: Difference } | undefined {
  const account = home(question.roleArn)
  const url = storedUrl(issuer)
  const tests: readonly [Difference, (provider: ProviderState) => boolean][] = [
    ['account', (one) => one.url === url && home(one.arn) !== account],
    ['scheme', (one) => url === undefined && one.url === issuer.replace(/^[a-z]+:\/\//, '')],
    ['slash', (one) => url !== undefined && trimmed(one.url) === trimmed(url)],
    ['case', (one) => one.url.toLowerCase() === url?.toLowerCase()],
    ['port', (one) => one.url === url?.replace(/^([^/]+):443(?=\/|$)/, '$1')],
    ['path', (one) => hostOf(one.url) === hostOf(url ?? '')],
  ]
  for (const [difference, test] of tests) {
    const provider = question.providers.find(test)
    if (provider !== undefined) return { provider, difference }
  }
  return undefined
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '')
}

function hostOf(url: string): string | undefined {
  return url.split('/')[0]?.toLowerCase()
}

/** The issuer must be a provider of the role's account, letter by letter. */
export const issuerRules: readonly Rule[] = [providerRule]
