import { type Finding, failed, passed } from '@federate/core/rules'
import { audiencePrefix, type ProviderState, parseProviderName } from './provider.ts'
import { invalidAudienceParameter, invalidTarget } from './refusals.ts'
import type { Rule } from './rule.ts'

const audienceParameterRule: Rule = {
  name: 'target',
  needs: [],
  check({ audience }) {
    const name = audience.startsWith(audiencePrefix)
      ? parseProviderName(audience.slice(audiencePrefix.length))
      : undefined
    const expected = `${audiencePrefix}projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>`
    if (name === undefined)
      return [
        failed(invalidAudienceParameter(), 'The audience of the exchange is not the name of a provider.', {
          expected,
          actual: audience,
          next: 'Use the provider’s full resource name, with two slashes in front and without https:.',
        }),
      ]
    if (/^\d+$/.test(name.project)) return [passed('The exchange names a provider.', { actual: audience })]
    return [
      failed(invalidTarget(), 'The exchange names the project by its id; Google wants its number here.', {
        expected,
        actual: audience,
        next: 'Look the number up with `gcloud projects describe <id> --format="value(projectNumber)"`.',
      }),
    ]
  },
}

const providerRule: Rule = {
  name: 'provider',
  needs: ['target'],
  check({ audience, provider }) {
    if (provider === undefined || `${audiencePrefix}${provider.name}` !== audience)
      return [
        failed(invalidTarget(), 'There is no such provider.', {
          expected: provider === undefined ? '(no provider)' : `${audiencePrefix}${provider.name}`,
          actual: audience,
          next: 'Check project number, pool and provider, or run federate setup gcp.',
        }),
      ]
    if (provider.type !== 'oidc') return [otherType(provider.type)]
    const { pool } = provider
    const reason =
      unusable('pool', pool?.state, pool?.disabled) ?? unusable('provider', provider.state, provider.disabled)
    if (reason === undefined) return [passed('The provider exists and is enabled, and so is its pool.')]
    return [
      failed(invalidTarget(), reason.detail, { expected: 'ACTIVE, enabled', actual: reason.actual, next: reason.next }),
    ]
  },
}

function otherType(type: ProviderState['type']): Finding {
  return failed(invalidTarget(), 'The provider is not one for OpenID Connect tokens; its type cannot be changed.', {
    expected: 'oidc',
    actual: type,
    next: 'Make another provider in the pool: gcloud iam workload-identity-pools providers create-oidc.',
  })
}

function unusable(
  what: 'pool' | 'provider',
  state: 'ACTIVE' | 'DELETED' | undefined,
  disabled: boolean | undefined,
): { detail: string; actual: string; next: string } | undefined {
  const command =
    what === 'pool' ? 'gcloud iam workload-identity-pools' : 'gcloud iam workload-identity-pools providers'
  if (state === 'DELETED')
    return {
      detail: `The ${what} is deleted; Google keeps it for 30 days, and its name stays taken.`,
      actual: `${what} DELETED`,
      next: `Bring it back with \`${command} undelete\`, or run federate setup gcp.`,
    }
  if (disabled === true)
    return {
      detail: `The ${what} is disabled.`,
      actual: `${what} disabled`,
      next: `Enable it, if it was not meant: \`${command} ${what === 'pool' ? 'update' : 'update-oidc'} --no-disabled\`.`,
    }
  return undefined
}

/** The `audience` parameter must name a provider that serves. */
export const targetRules: readonly Rule[] = [audienceParameterRule, providerRule]
