import { inspect } from 'node:util'
import type { Seconds } from '@federate/core'

/** What a customer may do: the APIs by their names in federate.yaml, with the roles of each. */
export type Grants = ReadonlyMap<string, readonly string[]>

/** How a customer proves itself. With anything but a secret there is nothing that anybody could leak. */
export type KeyCredential =
  | { readonly kind: 'secret' }
  | { readonly kind: 'jwks'; readonly jwks: string; readonly place?: CredentialPlace }
  | { readonly kind: 'jwks-url'; readonly url: string }
  | { readonly kind: 'certificate'; readonly pem: string; readonly place?: CredentialPlace }

/** Where it was found, for messages: `file /home/acme/jwks.json`. Default: it is not said. */
type CredentialPlace = string | undefined

/** A key for a third party that is to be made. */
export interface NewKey {
  /** The customer's name; its client id. */
  readonly name: string
  readonly grants: Grants
  readonly credential: KeyCredential
  /** Seconds that the customer's tokens live. Default: 300. */
  readonly lifetime?: Seconds | undefined
  /** Whom to write to. */
  readonly contact?: string | undefined
  /** When the key is to end. Keycloak does not enforce it: revoking what has expired does. */
  readonly expires?: Date | undefined
}

/** What was noted of a key when it was issued, rotated or revoked. It never holds the secret. */
export interface NotedKey {
  readonly name: string
  readonly state: 'active' | 'expired' | 'revoked'
  /** What it was issued with. */
  readonly noted: Grants
  readonly credential: KeyCredential['kind']
  readonly lifetime: Seconds
  readonly contact: string | undefined
  readonly issued: Date | undefined
  /** When secret, keys or certificate were replaced last. */
  readonly rotated: Date | undefined
  readonly expires: Date | undefined
  /** When it was revoked; undefined where somebody else switched it off. */
  readonly revoked: Date | undefined
}

/** A key as the realm has it. */
export interface CustomerKey extends Omit<NotedKey, 'noted'> {
  /**
   * What gets into its tokens: the APIs whose scope it has, with the roles that it has and lets in. A scope of no API of
   * federate.yaml goes by its own name.
   */
  readonly grants: Grants
  /** What it was issued with and has no longer; `repair` gives it again. */
  readonly missing: Grants
}

/** A secret that the customer gets to see once. It prints, inspects and serialises redacted. */
export class IssuedSecret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The secret itself. Nothing else gives it away. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}

/** What a customer needs to get tokens. */
export interface IssuedKey {
  readonly name: string
  readonly tokenEndpoint: string
  /** The issuer: the audience of the customer's assertions. */
  readonly issuer: string
  /** The scopes to ask for; each brings its API's audience. */
  readonly scopes: readonly string[]
  /** Only where the credential is a secret. */
  readonly secret: IssuedSecret | undefined
}

export interface RotatedKey extends IssuedKey {
  /** Until when the old credential is accepted too: not at all, until a moment, or until it is dropped by wish. */
  readonly old: 'ended' | { readonly until: Date | undefined }
  /** As in `CustomerKey`: without it the new credential is of little use. */
  readonly missing: Grants
}

export interface RepairedKey {
  readonly name: string
  /** What it had lost, and has again. */
  readonly given: Grants
}

export interface RevokedKey {
  readonly name: string
  /** Whether it had been revoked before, and nothing was to be done. */
  readonly already: boolean
  readonly since: Date
  /** When the last token that was issued before has expired. */
  readonly tokensUntil: Date
}
