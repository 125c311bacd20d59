import type { Sandbox } from '@federate/sandbox'

type Tenant = ReturnType<Sandbox['azure']['tenant']>
type Application = NonNullable<ReturnType<Tenant['applications']['get']>>
type Credential = Application['federatedCredentials'][number]

/** Everything of a tenant, without the ids that differ from run to run. */
export function storedIn({ applications, servicePrincipals, identities, assignments }: Tenant): readonly string[] {
  const principals = new Map<string, string>()
  for (const { id, displayName } of servicePrincipals.values()) principals.set(id, `application ${displayName}`)
  for (const { principalId, name } of identities.values()) principals.set(principalId, `identity ${name}`)
  const parts = [
    ...[...applications.values()].map(({ id: _id, appId: _appId, federatedCredentials, ...rest }) => ({
      application: { ...rest, federatedCredentials: credentials(federatedCredentials) },
    })),
    ...[...servicePrincipals.values()].map(({ displayName, tags }) => ({ principal: { displayName, tags } })),
    ...[...identities.values()].map(({ path, location, tags, federatedCredentials }) => ({
      identity: { path, location, tags, federatedCredentials: credentials(federatedCredentials) },
    })),
    ...[...assignments.values()].map(({ scope, roleId, principalId, description }) => ({
      assignment: { scope, roleId, description, principal: principals.get(principalId) ?? 'nobody that exists' },
    })),
  ]
  return parts.map((part) => JSON.stringify(part)).sort()
}

function credentials(all: readonly Credential[]): readonly string[] {
  return all.map(({ id: _id, ...credential }) => JSON.stringify(credential)).sort()
}

/** As it was before anybody did anything. */
export function clearTenant({ applications, servicePrincipals, identities, assignments }: Tenant): void {
  for (const part of [applications, servicePrincipals, identities, assignments]) part.clear()
}
