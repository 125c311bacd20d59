import { randomBytes } from 'node:crypto'
import { FederateError } from '@federate/core'
import type { AdminApi } from '../admin/api.ts'
import { serviceAccountId } from '../admin/realm.ts'
import { fieldsOf } from '../admin/representations.ts'
import type { GrantedApi } from './apis.ts'
import type { KeyCredential } from './key.ts'

/** The four settings that make a client a key for a third party, with all others that would let people in. */
const keyFlags = {
  enabled: true,
  publicClient: false,
  bearerOnly: false,
  serviceAccountsEnabled: true,
  standardFlowEnabled: false,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  fullScopeAllowed: false,
}

/** Keycloak adds it to every service account by itself; it would tell each API the customer's address. */
const addedScope = 'service_account'

export interface KeyClient {
  readonly clientId: string
  readonly authenticator: string
  readonly attributes: Readonly<Record<string, string>>
  readonly apis: readonly GrantedApi[]
  readonly secret: string | undefined
}

/** Writes the clients that keys are. */
export class KeyClientWriter {
  readonly #api: AdminApi
  readonly #signal: AbortSignal
  readonly #scopeIds: () => Promise<ReadonlyMap<string, string>>

  constructor(api: AdminApi, signal: AbortSignal, scopeIds: () => Promise<ReadonlyMap<string, string>>) {
    this.#api = api
    this.#signal = signal
    this.#scopeIds = scopeIds
  }

  /** Makes the client whole, or not at all: what is half done is deleted again. */
  async create(client: KeyClient): Promise<void> {
    const { clientId, authenticator, attributes, apis, secret } = client
    const id = await this.#api.create(
      '/clients',
      {
        ...{ clientId, protocol: 'openid-connect', ...keyFlags, clientAuthenticatorType: authenticator, attributes },
        ...(secret === undefined ? {} : { secret }),
        defaultClientScopes: ['basic'],
        optionalClientScopes: apis.map(({ scope }) => scope),
      },
      this.#signal,
    )
    try {
      await this.#takeOffAddedScope(id)
      await this.#giveRoles(id, apis)
    } catch (error) {
      await this.#api.delete(`/clients/${id}`, undefined, AbortSignal.timeout(10_000)).catch(() => undefined)
      throw error
    }
  }

  /** Gives a client the scopes and roles of these APIs, whatever of them it has. */
  async grant(id: string, apis: readonly GrantedApi[]): Promise<void> {
    const ids = await this.#scopeIds()
    for (const { scope } of apis) {
      await this.#api.put(`/clients/${id}/optional-client-scopes/${ids.get(scope)}`, {}, this.#signal)
    }
    await this.#giveRoles(id, apis)
  }

  /** Changes attributes, or whether the client is enabled; all else stays. */
  async change(id: string, clientId: string, change: { readonly enabled?: boolean; readonly attributes?: object }) {
    // Without the flag a PUT has cost service accounts their roles.
    await this.#api.put(`/clients/${id}`, { clientId, serviceAccountsEnabled: true, ...change }, this.#signal)
    await this.#takeOffAddedScope(id)
  }

  /** A new secret, made by the server, which may keep the old one alive for a while. */
  async newSecret(id: string): Promise<string> {
    const { value } = fieldsOf(await this.#api.ask(`/clients/${id}/client-secret`, {}, this.#signal))
    // Since 26.8 who may only look sees asterisks; they must never be taken for the secret.
    if (typeof value === 'string' && value !== '' && !/^\*+$/.test(value)) return value
    throw new FederateError({
      code: 'KEYCLOAK_SECRET_MASKED',
      outcome: 'refused',
      problem: 'Keycloak does not show the new secret to this administrator.',
      next: `Give the administrator the role manage-clients of the client realm-management in the realm ${this.#api.place.realm}, and rotate once more.`,
    })
  }

  /** Whether the secret before the last one is still accepted. */
  async hasOldSecret(id: string): Promise<boolean> {
    return fieldsOf(await this.#api.find(`/clients/${id}/client-secret/rotated`, this.#signal))['value'] !== undefined
  }

  delete(id: string): Promise<void> {
    return this.#api.delete(`/clients/${id}`, undefined, this.#signal)
  }

  async #takeOffAddedScope(id: string): Promise<void> {
    const scope = (await this.#scopeIds()).get(addedScope)
    if (scope === undefined) return
    await this.#api.delete(`/clients/${id}/default-client-scopes/${scope}`, undefined, this.#signal)
  }

  async #giveRoles(id: string, apis: readonly GrantedApi[]): Promise<void> {
    const granted = apis.flatMap(({ roles }) => (roles === undefined ? [] : [roles]))
    if (granted.length === 0) return
    const user = await serviceAccountId(this.#api, id, this.#signal)
    for (const { client, granted: roles } of granted) {
      const body = roles.map((role) => ({ id: role.id, name: role.name }))
      await this.#api.create(`/users/${user}/role-mappings/clients/${client}`, body, this.#signal)
      // Without full scope only what the client itself lets through gets into its tokens.
      await this.#api.create(`/clients/${id}/scope-mappings/clients/${client}`, body, this.#signal)
    }
  }
}

/** 256 bits, in characters that no shell, URL or Basic header changes. */
export function newSecret({ kind }: KeyCredential): string | undefined {
  return kind === 'secret' ? randomBytes(32).toString('base64url') : undefined
}
