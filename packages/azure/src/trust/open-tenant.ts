import type { Sleep, TrustRequest } from '@federate/core'
import { authorityOf } from '../environment.ts'
import type { AzureWish } from '../target.ts'
import { type AzureAccess, accessTo } from './access.ts'
import { adminTokens } from './admin-login.ts'
import { Directory } from './directory.ts'
import { identityPath, ResourceManager } from './resource-manager.ts'
import { AdminRest } from './rest.ts'
import type { Tenant } from './tenant.ts'

/** Opens a tenant for what is wanted in it. Nobody is asked before something is read. */
export function openTenant(
  id: string,
  wishes: readonly AzureWish[],
  { owner, access, context }: Pick<TrustRequest<AzureWish, AzureAccess>, 'owner' | 'access' | 'context'>,
  sleep?: Sleep,
): Tenant {
  const environment = wishes[0]?.environment ?? 'public'
  const login = {
    tenant: id,
    authority: authorityOf(environment, context.env),
    access: accessTo(access, id),
    env: context.env,
  }
  const rest = new AdminRest(id, { environment, tokens: adminTokens(login, context.now), context, sleep })
  const identities = wishes.flatMap(({ managedIdentity: one }) => (one === undefined ? [] : [one]))
  const scopes = wishes.flatMap(({ roles }) => roles.map(({ scope }) => scopeToRead(scope)))
  const further = access?.tenants[id]?.subscriptions ?? []
  const where = {
    identities: identities.map(identityPath),
    subscriptions: unique([...identities.map(({ subscription }) => subscription), ...further]),
    scopes: unique([...scopes, ...further.map((subscription) => `/subscriptions/${subscription}`)]),
  }
  const names = unique(wishes.flatMap(({ application }) => (application === undefined ? [] : [application])))
  return {
    id,
    owner,
    rest,
    directory: new Directory(rest, owner, names),
    resourceManager: new ResourceManager(rest, owner, where),
  }
}

/** Assignments are read for whole subscriptions: that many calls, however many scopes there are. */
function scopeToRead(scope: string): string {
  return /^\/subscriptions\/[^/]+/.exec(scope)?.[0].toLowerCase() ?? scope
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}
