import { FederateError, nearest, type ServiceWish } from '@federate/core'
import type { RealmState } from './realm-state.ts'

/** Scopes that a service names itself must exist in the realm, or be made in the same plan. */
export async function refuseMissingScopes(
  services: readonly ServiceWish[],
  made: ReadonlySet<string>,
  state: RealmState,
  signal: AbortSignal,
): Promise<void> {
  const naming = services.filter(({ defaultScopes = [] }) => defaultScopes.length > 0)
  if (naming.length === 0) return
  const known = new Set([...(await state.scopes(signal)).keys(), ...made])
  for (const service of naming) {
    const missing = service.defaultScopes?.find((name) => !known.has(name))
    if (missing !== undefined) throw noScope(missing, service.name, nearest(missing, known))
  }
}

export function noScope(name: string, service: string, meant?: string): FederateError {
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`
  return new FederateError({
    code: 'KEYCLOAK_NO_SCOPE',
    outcome: 'refused',
    problem: `The service ${service} wants the client scope ${name}, which the realm does not have.${hint}`,
    next: 'Create the scope, or take it out of defaultScopes in federate.yaml.',
  })
}
