import type { RuleResult } from '@federate/core'
import { warning } from '@federate/core/rules'
import type { Statement } from '../policy.ts'
import { home } from '../provider.ts'
import type { AcceptanceQuestion } from '../question.ts'

const oidcProvider = /^arn:[a-z-]+:iam::\d{12}:oidc-provider\/(.+)$/

/** The URL in the ARN of a provider: what its condition keys begin with. */
export function providerUrlIn(arn: string): string | undefined {
  return oidcProvider.exec(arn)?.[1]
}

/** A Federated ARN that no provider for this role can have. */
export function principalLints({ principal }: Statement, question: AcceptanceQuestion): readonly RuleResult[] {
  return principal.federated.flatMap((arn) => lintArn(arn, question))
}

function lintArn(arn: string, { roleArn, providers }: AcceptanceQuestion): readonly RuleResult[] {
  const url = providerUrlIn(arn)
  if (url === undefined) return []
  const [rolePartition, roleAccount] = home(roleArn).split(':')
  const [partition, account] = home(arn).split(':')
  if (partition !== rolePartition)
    return [wrongArn('is of another partition than the role', `${rolePartition}`, `${partition}`)]
  if (account !== roleAccount) return [wrongArn('is of another account than the role', `${roleAccount}`, `${account}`)]
  if (/^https?:/.test(url)) return [wrongArn('holds a scheme', url.replace(/^https?:\/*/, ''), url)]
  if (providers.some((provider) => provider.arn === arn)) return []
  const near = providers.find((provider) => plain(provider.arn) === plain(arn))
  if (near === undefined) return []
  return [wrongArn('differs from the provider in a slash at the end or in upper and lower case', near.arn, arn)]
}

function wrongArn(what: string, expected: string, actual: string): RuleResult {
  return warning('lint-federated-arn', `The ARN in Principal.Federated ${what}: the statement admits nobody.`, {
    expected,
    actual,
    next: 'Copy the ARN of the identity provider from the account of the role.',
  })
}

function plain(arn: string): string {
  return arn.replace(/\/+$/, '').toLowerCase()
}
