import { FederateError } from '@federate/core'
import { isGuid } from '../guid.ts'
import type { ResourceManager } from './resource-manager.ts'

/** The roles of a plan by name, each looked up once in each scope's subscription. */
export class RoleLookup {
  readonly #resourceManager: ResourceManager
  readonly #known = new Map<string, Promise<string>>()

  constructor(resourceManager: ResourceManager) {
    this.#resourceManager = resourceManager
  }

  /** @throws FederateError `AZURE_ROLE_UNKNOWN`, `AZURE_ROLE_AMBIGUOUS`. */
  roleId(role: string, scope: string, signal: AbortSignal): Promise<string> {
    if (isGuid(role)) return Promise.resolve(role.toLowerCase())
    const where = /^\/subscriptions\/[^/]+/.exec(scope)?.[0] ?? scope
    const key = `${role}\n${where}`
    const known = this.#known.get(key) ?? this.#look(role, where, signal)
    this.#known.set(key, known)
    return known
  }

  async #look(role: string, scope: string, signal: AbortSignal): Promise<string> {
    const [first, ...others] = await this.#resourceManager.rolesNamed(role, scope, signal)
    if (first === undefined) throw unknownRole(role, scope)
    if (others.length > 0) throw ambiguousRole(role, scope, [first, ...others])
    return first
  }
}

function unknownRole(role: string, scope: string): FederateError {
  return new FederateError({
    code: 'AZURE_ROLE_UNKNOWN',
    outcome: 'usage',
    problem: `There is no role "${role}" that can be given in ${scope}.`,
    next: 'Look it up with `az role definition list --query "[].roleName"`; its name has spaces and capital letters, as "Storage Blob Data Reader".',
    details: { role, scope },
  })
}

function ambiguousRole(role: string, scope: string, ids: readonly string[]): FederateError {
  return new FederateError({
    code: 'AZURE_ROLE_AMBIGUOUS',
    outcome: 'usage',
    problem: `${ids.length} roles that can be given in ${scope} are called "${role}": ${ids.join(', ')}.`,
    next: 'Write the id of the one that is meant as role in federate.yaml.',
    details: { role, scope, ids },
  })
}
