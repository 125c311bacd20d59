import { describe, expect, it } from 'vitest'
import { azureWishSchema } from './wish-schema.ts'

const tenant = '2a585d57-a5a8-4688-a60c-9796389eae7a'
const identity = { subscription: tenant, resourceGroup: 'data', name: 'billing', location: 'westeurope' }

function problems(wish: Record<string, unknown>): string[] {
  const result = azureWishSchema.safeParse(wish)
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('a target in Azure', () => {
  it('has the defaults of the public cloud', () => {
    expect(azureWishSchema.parse({ tenant: tenant.toUpperCase(), application: 'billing' })).toEqual({
      tenant,
      environment: 'public',
      application: 'billing',
      audience: 'shared',
      roles: [],
      scope: 'https://management.azure.com/.default',
    })
  })

  it('asks for the resource of its cloud, or for one that is named', () => {
    const scope = (more: object) => azureWishSchema.parse({ tenant, managedIdentity: identity, ...more }).scope
    expect(scope({ environment: 'china' })).toBe('https://management.chinacloudapi.cn/.default')
    expect(scope({ scope: 'https://storage.azure.com' })).toBe('https://storage.azure.com/.default')
    expect(scope({ scope: 'https://storage.azure.com/.default' })).toBe('https://storage.azure.com/.default')
  })

  it.each([
    [
      'a tenant by domain',
      { tenant: 'contoso.onmicrosoft.com', application: 'billing' },
      "tenant: expected the tenant's id, such as 2a585d57-a5a8-4688-a60c-9796389eae7a, got the domain contoso.onmicrosoft.com; `az account show` shows it as tenantId",
    ],
    [
      'a tenant with a digit too few',
      { tenant: tenant.slice(1), application: 'billing' },
      `tenant: expected the tenant's id, such as 2a585d57-a5a8-4688-a60c-9796389eae7a, got "${tenant.slice(1)}"; \`az account show\` shows it as tenantId`,
    ],
    [
      'neither of the two',
      { tenant },
      'application: is missing, expected application: <name>, or managedIdentity with subscription, resourceGroup, name and location',
    ],
    [
      'both',
      { tenant, application: 'billing', managedIdentity: identity },
      'application: cannot stand beside managedIdentity: a service becomes one of the two',
    ],
    [
      'a region in words',
      { tenant, managedIdentity: { ...identity, location: 'West Europe' } },
      'managedIdentity.location: expected a region in one word, such as westeurope',
    ],
    [
      'a scope with a slash at its end',
      { tenant, application: 'billing', roles: [{ role: 'Reader', scope: `/subscriptions/${tenant}/` }] },
      'roles.0.scope: expected a scope without a slash at its end, such as /subscriptions/<id>/resourceGroups/<name>, or /providers/Microsoft.Management/managementGroups/<name>',
    ],
    [
      'a role twice',
      {
        tenant,
        application: 'billing',
        roles: [
          { role: 'Reader', scope: `/subscriptions/${tenant}` },
          { role: 'reader', scope: `/subscriptions/${tenant}` },
        ],
      },
      'roles.1: is given twice; keep one',
    ],
    [
      'a scope that is none',
      { tenant, application: 'billing', scope: 'storage' },
      'scope: expected a resource or its scope, such as https://storage.azure.com',
    ],
  ])('is refused with %s', (_, wish, expected) => {
    expect(problems(wish)).toContain(expected)
  })
})
