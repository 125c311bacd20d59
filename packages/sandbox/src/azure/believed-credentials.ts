import type { FederatedCredential } from '@federate/azure/rules'
import type { AzureDelays } from './disturbance.ts'
import type { AzureTenant } from './state.ts'
import type { CredentialMemory } from './world.ts'

interface Memory {
  readonly before: readonly FederatedCredential[]
  /** Questions since the change. */
  asked: number
  /** Questions that the old credentials answer. */
  readonly stale: number
}

/**
 * What Entra believes while a change spreads: first the old credentials, then, for as many questions again, now the new
 * and now the old ones.
 */
export class BelievedCredentials implements CredentialMemory {
  readonly #tenants: ReadonlyMap<string, AzureTenant>
  readonly #delays: AzureDelays
  readonly #memories = new Map<string, Memory>()

  constructor(tenants: ReadonlyMap<string, AzureTenant>, delays: AzureDelays) {
    this.#tenants = tenants
    this.#delays = delays
  }

  remember(clientId: string): void {
    const { staleTokens: stale } = this.#delays
    if (stale > 0) this.#memories.set(clientId, { before: this.#present(clientId), asked: 0, stale })
  }

  believed(clientId: string, present: readonly FederatedCredential[]): readonly FederatedCredential[] {
    const memory = this.#memories.get(clientId)
    if (memory === undefined) return present
    memory.asked += 1
    const flapping = memory.asked <= 2 * memory.stale && (memory.asked - memory.stale) % 3 === 0
    return memory.asked <= memory.stale || flapping ? memory.before : present
  }

  #present(clientId: string): readonly FederatedCredential[] {
    for (const tenant of this.#tenants.values()) {
      const application = [...tenant.applications.values()].find(({ appId }) => appId === clientId)
      const identity = [...tenant.identities.values()].find((one) => one.clientId === clientId)
      const found = application ?? identity
      if (found !== undefined) return found.federatedCredentials
    }
    return []
  }
}
