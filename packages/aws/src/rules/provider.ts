import { isLoopbackIssuer } from '@federate/core/rules'
import type { AcceptanceQuestion, ProviderState } from './question.ts'

/** The parts of an IAM ARN that decide where something lives. */
export function home(arn: string): string {
  const [, partition = '', , , account = ''] = arn.split(':')
  return `${partition}:${account}`
}

/** What IAM stores of an issuer URL, or `undefined` for one that no provider can have. */
export function storedUrl(issuer: string): string | undefined {
  if (issuer.startsWith('https://')) return issuer.slice('https://'.length)
  return isLoopbackIssuer(issuer) ? issuer.slice('http://'.length) : undefined
}

/** The provider that answers for the token's issuer: same account as the role, the very same URL. */
export function providerOf(question: AcceptanceQuestion): ProviderState | undefined {
  const issuer = question.token.claims['iss']
  const url = typeof issuer === 'string' ? storedUrl(issuer) : undefined
  const account = home(question.roleArn)
  return question.providers.find((provider) => provider.url === url && home(provider.arn) === account)
}
