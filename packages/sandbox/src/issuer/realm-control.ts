import type { Seconds } from '@federate/core'
import { accessTokenClaims } from './access-token.ts'
import type { Endpoint, Fault } from './faults.ts'
import type { RotationOptions } from './keys.ts'
import type { ClientDefinition } from './realm.ts'
import type { RunningRealm } from './running-realm.ts'

/** Steers one realm from inside the process; nothing of it but the key rotation can be reached by HTTP. */
export class RealmControl {
  readonly running: RunningRealm
  readonly #clock: { offset: Seconds }
  readonly #requests = new Map<Endpoint, number>()

  constructor(running: RunningRealm, clock: { offset: Seconds }) {
    this.running = running
    this.#clock = clock
  }

  get name(): string {
    return this.running.definition.name
  }

  /** The issuer identifier. */
  get issuer(): string {
    return this.running.issuer
  }

  /** Signs with a new key from now on. */
  async rotateKeys(options: RotationOptions = {}): Promise<void> {
    await this.running.keys.rotate(new Date(this.running.seconds() * 1000), options)
  }

  get keyCount(): number {
    return this.running.keys.jwks().keys.length
  }

  /** Moves the realm's clock by seconds, forward or (negative) back. */
  setClockOffset(offset: Seconds): void {
    this.#clock.offset = offset
  }

  /** The next requests meet this fault instead of an answer. */
  failNext(fault: Fault): void {
    this.running.faults.add(fault)
  }

  clearFaults(): void {
    this.running.faults.clear()
  }

  /** How many requests an endpoint has had, faults included. */
  requests(endpoint: Endpoint): number {
    return this.#requests.get(endpoint) ?? 0
  }

  count(endpoint: Endpoint): void {
    this.#requests.set(endpoint, this.requests(endpoint) + 1)
  }

  /** A signed token without a grant: with the claims a grant would give, and others put over them. */
  signToken(
    client: ClientDefinition,
    scopes: readonly string[],
    claims: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    return this.running.keys.sign({ ...accessTokenClaims(this.running, client, scopes), ...claims })
  }
}
