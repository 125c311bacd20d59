import { canonicalJson, type Resource } from '@federate/core/plan'
import type { AccountState } from './account-state.ts'
import type { ActualProvider } from './actual-provider.ts'
import type { ActualRole } from './actual-role.ts'
import { providerAddress, roleAddress, rolePath } from './addresses.ts'
import type { Administrator } from './iam.ts'
import { readProviderMarks, roleOwner } from './marks.ts'
import { ProviderResource } from './provider.ts'
import { RoleResource } from './role.ts'

/** What bears an owner's mark in one account. */
export interface AccountDiscovery {
  readonly by: Administrator
  readonly state: AccountState
  readonly owner: string
  /** What federate.yaml wants, by address; such an object comes back as it stands there. */
  readonly wanted: ReadonlyMap<string, Resource>
}

/** Finds what the owner made or contributes to, also what federate.yaml has forgotten. */
export async function discover(request: AccountDiscovery, signal: AbortSignal): Promise<readonly Resource[]> {
  const { by, state, owner, wanted } = request
  const [roles, providers] = await Promise.all([state.roles(signal), state.providers(signal)])
  const ownRoles = [...roles.values()].filter((role) => roleOwner(role.tags) === owner)
  const ownProviders = [...providers.values()].filter(({ tags }) => readProviderMarks(tags).contributions.has(owner))
  const { account } = by
  return [
    ...ownProviders.map(
      (provider) => wanted.get(providerAddress(account, provider.url)) ?? foundProvider(request, provider),
    ),
    ...ownRoles.map((role) => wanted.get(roleAddress(account, role.name)) ?? foundRole(request, role)),
  ]
}

function foundProvider({ by, state, owner }: AccountDiscovery, actual: ActualProvider): Resource {
  const own = readProviderMarks(actual.tags).contributions.get(owner) ?? new Set()
  const wish = { owner, url: `https://${actual.url}`, clientIds: [...own].sort(), thumbprints: [] }
  return new ProviderResource(by, state, wish, [])
}

/** Its wish is what is there: nobody wants anything else of it. */
function foundRole({ by, state, owner }: AccountDiscovery, actual: ActualRole): Resource {
  const identity = {
    owner,
    name: actual.name,
    path: rolePath(owner),
    description: '',
    dependsOn: trustedProviders(actual).map((path) => providerAddress(by.account, path)),
    services: [],
  }
  return new RoleResource(by, state, identity, { ...actual, maxSessionDuration: actual.maxSessionDuration ?? 3600 })
}

/** The providers that a trust policy names, which must not go before the role. */
function trustedProviders(role: ActualRole): string[] {
  const arns = canonicalJson(role.trustPolicy).matchAll(/arn:[\w-]+:iam::\d{12}:oidc-provider\/([^"]+)/g)
  return [...arns].flatMap(([, path]) => (path === undefined ? [] : [path]))
}
