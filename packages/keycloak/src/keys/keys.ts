import { type ApiWish, type CallContext, FederateError, type Issuer } from '@federate/core'
import { mapLimited } from '@federate/core/plan'
import { realmPlace } from '../admin/access.ts'
import { AdminApi, requestsAtOnce } from '../admin/api.ts'
import { allClients, clientByClientId } from '../admin/realm.ts'
import type { RealmClient } from '../admin/representations.ts'
import { RealmState } from '../trust/realm-state.ts'
import { RealmApis } from './apis.ts'
import { effectiveGrants, missingGrants } from './held-grants.ts'
import {
  type CustomerKey,
  type IssuedKey,
  IssuedSecret,
  type KeyCredential,
  type NewKey,
  type NotedKey,
  type RepairedKey,
  type RevokedKey,
  type RotatedKey,
} from './key.ts'
import { keyAttributes, keyOwnerMark, readKey, revocationAttributes, rotationAttributes } from './key-attributes.ts'
import { KeyClientWriter, newSecret } from './key-client.ts'
import { credentialAttributes, joinedKeys } from './key-credential.ts'
import { keyExists, keyMissing, keyRevoked, nameTaken, notOurs, otherCredential } from './key-refusals.ts'
import { refuseImpossibleKey } from './new-key.ts'

/** Whose keys, and where. */
export interface KeysRequest {
  /** The name that all marks carry; a key of another owner is never touched. */
  readonly owner: string
  readonly issuer: Issuer
  /** Your own APIs, as federate.yaml has them. */
  readonly apis: readonly ApiWish[]
  /** Where Keycloak is administered, if not at the issuer's own address. */
  readonly adminUrl?: string | undefined
  /** Its environment says who administers Keycloak, see `adminLogin`. */
  readonly context: CallContext
}

/** By this attribute Keycloak says until when an old secret is accepted, in seconds since the epoch. */
const oldSecretUntil = 'client.secret.rotated.expiration.time'

/**
 * Keys for third parties. A key is a confidential client of the realm: the customer gets short-lived tokens with it, and
 * your APIs see who it is, what it may do, and nothing of the key itself.
 *
 * One object serves any number of keys, and looks scopes and roles up once.
 */
export class CustomerKeys {
  readonly #request: KeysRequest
  readonly #api: AdminApi
  readonly #apis: RealmApis
  readonly #writer: KeyClientWriter

  constructor(request: KeysRequest) {
    const { issuer, adminUrl, apis, context } = request
    this.#request = request
    this.#api = new AdminApi(realmPlace(issuer.url, adminUrl), context)
    this.#apis = new RealmApis(this.#api, apis, context.signal)
    this.#writer = new KeyClientWriter(this.#api, context.signal, () => this.#apis.scopeIds())
  }

  /**
   * Makes a key. The secret, if there is one, is in the result and nowhere else.
   *
   * @throws FederateError (usage) those of `refuseImpossibleKey`; (refused) `KEY_API_NOT_SET_UP`, `KEY_EXISTS`,
   *   `KEY_NAME_TAKEN`, `KEYCLOAK_FORBIDDEN`.
   */
  async issue(key: NewKey): Promise<IssuedKey> {
    const now = this.#now()
    refuseImpossibleKey(key, this.#request.apis, now)
    const { authenticator, attributes } = credentialAttributes(key.credential, now)
    const apis = await this.#apis.granted(key.grants)
    const secret = newSecret(key.credential)
    const marks = keyAttributes(key, this.#request.owner, now)
    const client = { clientId: key.name, authenticator, attributes: { ...marks, ...attributes }, apis, secret }
    try {
      await this.#writer.create(client)
    } catch (error) {
      throw (await this.#whyTaken(key.name, error)) ?? error
    }
    return this.#issued(
      key.name,
      apis.map(({ scope }) => scope),
      secret,
    )
  }

  /** All keys of this owner, by name, with what they have in the realm now. */
  async list(): Promise<readonly CustomerKey[]> {
    const { signal } = this.#request.context
    const state = new RealmState(this.#api)
    const ours = [...(await state.clients(signal)).values()].filter((client) => this.#isOurs(client))
    const keys = await mapLimited(ours, requestsAtOnce, (client) => this.#customerKey(client, state))
    return [...keys].sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  /**
   * Gives a key again what it was issued with: scopes and roles that it lost when they were destroyed, or taken out of
   * federate.yaml for a while. Its credential stays.
   *
   * @throws FederateError `KEY_UNKNOWN`, `KEY_API_UNKNOWN`, `KEY_ROLE_UNKNOWN` (usage), `KEY_NOT_OURS`, `KEY_REVOKED`,
   *   `KEY_API_NOT_SET_UP` (refused).
   */
  async repair(name: string): Promise<RepairedKey> {
    const { client, key } = await this.#find(name)
    if (key.state === 'revoked') throw keyRevoked(name)
    const { missing } = await this.#customerKey(client)
    if (missing.size > 0) await this.#writer.grant(client.id, await this.#apis.granted(key.noted))
    return { name, given: missing }
  }

  /**
   * Gives a key a new credential of the kind that it has.
   *
   * A JWK set takes the old keys along unless `dropOld` says otherwise. An old secret lives on where the realm has a client
   * policy with the executor `secret-rotation`; elsewhere, as an old certificate, it ends at once.
   *
   * @throws FederateError (usage) `KEY_UNKNOWN`, `KEY_CREDENTIAL`; (refused) `KEY_NOT_OURS`, `KEY_REVOKED`.
   */
  async rotate(
    name: string,
    credential: KeyCredential,
    options: { readonly dropOld?: boolean } = {},
  ): Promise<RotatedKey> {
    const { client, key } = await this.#find(name)
    if (key.state === 'revoked') throw keyRevoked(name)
    if (key.credential !== credential.kind || credential.kind === 'jwks-url')
      throw otherCredential(name, key.credential)
    const { missing } = await this.#customerKey(client)
    const scopes = [...key.noted.keys()].flatMap((api) => this.#apis.audience(api) ?? [])
    if (credential.kind === 'secret') {
      await this.#mark(client, {})
      const secret = await this.#writer.newSecret(client.id)
      return { ...this.#issued(name, scopes, secret), old: await this.#oldSecret(client), missing }
    }
    const keep = credential.kind === 'jwks' && options.dropOld !== true
    const { attributes } = credentialAttributes(credential, this.#now())
    const joined =
      keep && credential.kind === 'jwks'
        ? joinedKeys(credential.jwks, client.attributes['jwks.string'] ?? '')
        : undefined
    await this.#mark(client, joined === undefined ? attributes : { ...attributes, 'jwks.string': joined })
    return { ...this.#issued(name, scopes, undefined), old: keep ? { until: undefined } : 'ended', missing }
  }

  /**
   * Ends a key: from now on it gets no token. Tokens that it has live until they expire, except where the API asks the
   * issuer about them.
   *
   * @param options `delete`: removes the client, and with it the name and what is known of it
   * @throws FederateError `KEY_UNKNOWN` (usage), `KEY_NOT_OURS` (refused).
   */
  async revoke(name: string, options: { readonly delete?: boolean } = {}): Promise<RevokedKey> {
    const { client, key } = await this.#find(name)
    const since = key.revoked ?? this.#now()
    if (options.delete === true) await this.#writer.delete(client.id)
    else if (key.revoked === undefined) {
      await this.#writer.change(client.id, name, { enabled: false, attributes: revocationAttributes(since) })
    }
    return {
      name,
      already: key.revoked !== undefined,
      since,
      tokensUntil: new Date(since.getTime() + key.lifetime * 1000),
    }
  }

  async #customerKey(client: RealmClient, state: RealmState = new RealmState(this.#api)): Promise<CustomerKey> {
    const { noted, ...key } = readKey(client, this.#now())
    const { apis, context } = this.#request
    const grants = await effectiveGrants(state, { client, noted, apis }, context.signal)
    return { ...key, grants, missing: missingGrants(noted, grants) }
  }

  async #oldSecret({ id, clientId }: RealmClient): Promise<RotatedKey['old']> {
    if (!(await this.#writer.hasOldSecret(id))) return 'ended'
    const after = await clientByClientId(this.#api, clientId, this.#request.context.signal)
    const seconds = Number(after?.attributes[oldSecretUntil])
    return { until: Number.isFinite(seconds) ? new Date(seconds * 1000) : undefined }
  }

  #mark({ id, clientId }: RealmClient, attributes: Readonly<Record<string, string>>): Promise<void> {
    return this.#writer.change(id, clientId, { attributes: { ...attributes, ...rotationAttributes(this.#now()) } })
  }

  async #find(name: string): Promise<{ readonly client: RealmClient; readonly key: NotedKey }> {
    const client = await clientByClientId(this.#api, name, this.#request.context.signal)
    if (client === undefined) throw keyMissing(name, await this.#names())
    if (!this.#isOurs(client)) throw notOurs(client, this.#request.owner, this.#api.place.realm)
    return { client, key: readKey(client, this.#now()) }
  }

  async #names(): Promise<readonly string[]> {
    const clients = await allClients(this.#api, this.#request.context.signal)
    return clients.filter((client) => this.#isOurs(client)).map(({ clientId }) => clientId)
  }

  /** Keycloak's own refusal names the client and not whose it is. */
  async #whyTaken(name: string, error: unknown): Promise<FederateError | undefined> {
    if (!(error instanceof FederateError) || error.details['status'] !== 409) return undefined
    const client = await clientByClientId(this.#api, name, this.#request.context.signal)
    if (client === undefined) return undefined
    return this.#isOurs(client)
      ? keyExists(name, readKey(client, this.#now()).state)
      : nameTaken(name, this.#api.place.realm)
  }

  #issued(name: string, scopes: readonly string[], secret: string | undefined): IssuedKey {
    const { url } = this.#request.issuer
    const tokenEndpoint = `${url}/protocol/openid-connect/token`
    return {
      name,
      issuer: url,
      tokenEndpoint,
      scopes,
      secret: secret === undefined ? undefined : new IssuedSecret(secret),
    }
  }

  #isOurs({ attributes }: RealmClient): boolean {
    return attributes[keyOwnerMark] === this.#request.owner
  }

  #now(): Date {
    return new Date(this.#request.context.now())
  }
}
