import { FederateError, type ServiceWish } from '@federate/core'
import { ofRealm } from '../token-roles.ts'
import type { RealmState } from './realm-state.ts'
import type { KeycloakRequest } from './request.ts'

/** Whether a service is to have any role, of an API or of anything else. */
export function wishesRoles({ roles = {}, realmRoles = [], clientRoles = {} }: ServiceWish): boolean {
  return [...Object.values(roles), realmRoles, ...Object.values(clientRoles)].some((names) => names.length > 0)
}

/** Every role of an API that a service wants must be one of an API of the file. */
export function refuseUnknownRoles({ services, apis }: KeycloakRequest): void {
  for (const service of services) {
    for (const [name, roles] of Object.entries(service.roles ?? {})) {
      const api = apis.find((one) => one.name === name)
      const known = api?.roles ?? apis.map((one) => one.name)
      if (api === undefined) throw unknownRole(service, `the API ${name}`, known)
      const unknown = roles.find((role) => !known.includes(role))
      if (unknown !== undefined) throw unknownRole(service, `the role ${unknown} of the API ${name}`, known)
    }
  }
}

/** Every other role must exist in the realm: those of APIs are made here, these belong to somebody else. */
export async function refuseMissingRoles(
  services: readonly ServiceWish[],
  state: RealmState,
  signal: AbortSignal,
): Promise<void> {
  for (const service of services) {
    const wished = [[ofRealm, service.realmRoles ?? []] as const, ...Object.entries(service.clientRoles ?? {})]
    for (const [owner, roles] of wished.filter(([, names]) => names.length > 0)) {
      const there = await state.roles(owner, signal)
      for (const role of roles) {
        if (!there.some(({ name }) => name === role)) throw await missingRole(service, role, owner, state, signal)
      }
    }
  }
}

function ownerText(owner: string): string {
  return owner === ofRealm ? 'the realm' : `the client ${owner}`
}

function unknownRole({ name }: ServiceWish, what: string, known: readonly string[]): FederateError {
  return new FederateError({
    code: 'KEYCLOAK_ROLE_UNKNOWN',
    outcome: 'usage',
    problem: `The service ${name} wants ${what}, which federate.yaml does not have; it has: ${known.join(', ') || 'none'}.`,
    next: 'Correct the name, or add it below apis.',
  })
}

async function missingRole(
  service: ServiceWish,
  role: string,
  owner: string,
  state: RealmState,
  signal: AbortSignal,
): Promise<FederateError> {
  const { realm } = state.api.place
  const isClient = owner === ofRealm || (await state.clients(signal)).has(owner)
  const lack = isClient ? `no such role` : `no client ${owner}`
  return new FederateError({
    code: 'KEYCLOAK_ROLE_MISSING',
    outcome: 'refused',
    problem: `The service ${service.name} wants the role ${role} of ${ownerText(owner)}, and the realm ${realm} has ${lack}.`,
    next: 'Create it, or correct the name; upper and lower case are different. Roles of your own APIs belong below apis, and are made here.',
    details: { service: service.name, role, owner },
  })
}
