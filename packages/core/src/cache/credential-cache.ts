import { join } from 'node:path'
import { monotonicNow } from '../clock.ts'
import { FederateError } from '../errors.ts'
import { writeFileAtomically } from '../files/atomic-file.ts'
import type { Now } from '../network/fetch.ts'
import type { JsonValue } from '../plan/resource.ts'
import { fingerprint } from '../redaction/redact.ts'
import type { Seconds } from '../units.ts'
import { type CacheEntry, type CacheSubject, type KeptCredentials, parseEntry } from './entry.ts'
import { preparePrivateFolder } from './folder-checks.ts'
import { tryHold } from './holder.ts'
import { readPrivateFile } from './private-file.ts'
import { isFresh, lives } from './renewal.ts'
import { removeStale } from './sweep.ts'

export interface CacheOptions {
  /** As `credentialFolder` names it. */
  readonly folder: string
  readonly now: Now
  /** Told when the cache cannot be used, and when old credentials are served because new ones could not be had. */
  readonly warn: (message: string) => void
  /** How long a failure is remembered: callers meanwhile get it again without anybody being asked. Default: 5. */
  readonly rememberFailures?: Seconds
  /** How long another process's exchange is waited for, before doing it oneself. Default: 30. */
  readonly patience?: Seconds
}

/** One kind of credentials: what for, how to get them, how to keep them. */
export interface CacheRequest<Credentials extends { readonly expiresAt: Date }> {
  readonly subject: CacheSubject
  exchange(): Promise<Credentials>
  /** Only credentials that were obtained after this moment will do. Default: any that are fresh. */
  readonly newerThan?: number | undefined
  /** Ends the wait for another process's exchange, and is not remembered as a failure of this one's. */
  readonly signal?: AbortSignal | undefined
  toRecord(credentials: Credentials): Promise<JsonValue>
  /** Throws when the record is not of this cloud. */
  fromRecord(record: unknown): Promise<Credentials>
}

export interface Cached<Credentials> {
  readonly credentials: Credentials
  /** When and until when they were issued; nothing when they could not be kept. */
  readonly kept?: KeptCredentials | undefined
}

/**
 * Credentials on disk, shared by the processes of one user.
 *
 * - Of any number of processes that want the same, one asks and the others wait for it; if it dies or takes longer than
 *   `patience`, another asks.
 * - What lives for more than 16 minutes, or half of its life, is served without asking anybody.
 * - When renewing fails, the old ones are served as long as they live, and nobody asks again for `rememberFailures`.
 *   Without old ones the failure is thrown, again and again for as long. What only this host can put right (`usage`) is
 *   not remembered.
 * - A file that is not this user's alone, or not what was written, is as good as none. Where the folder cannot be used,
 *   everybody asks.
 */
export class CredentialCache {
  readonly #options: CacheOptions
  readonly #remember: number
  readonly #patience: number

  constructor(options: CacheOptions) {
    this.#options = options
    this.#remember = (options.rememberFailures ?? 5) * 1000
    this.#patience = (options.patience ?? 30) * 1000
  }

  /** @throws FederateError of `exchange`, perhaps of another process's; the signal's reason when aborted. */
  async get<C extends { readonly expiresAt: Date }>(request: CacheRequest<C>): Promise<Cached<C>> {
    const { folder, warn } = this.#options
    try {
      preparePrivateFolder(folder)
    } catch (error) {
      if (error instanceof FederateError) warn(`${error.message} Nothing is cached meanwhile.`)
      return { credentials: await request.exchange() }
    }
    return this.#getShared(request, new Slot(folder, request))
  }

  async #getShared<C extends { readonly expiresAt: Date }>(
    request: CacheRequest<C>,
    slot: Slot<C>,
  ): Promise<Cached<C>> {
    const started = monotonicNow()
    for (;;) {
      const known = await this.#known(slot)
      if (known !== undefined) return known
      const left = this.#patience - (monotonicNow() - started)
      const lock = left <= 0 ? undefined : await tryHold(slot.path)
      if (lock !== undefined && 'gone' in lock) {
        await lock.gone(left, request.signal)
        request.signal?.throwIfAborted()
        continue
      }
      try {
        // It may have been done since.
        return (await this.#known(slot)) ?? (await this.#renew(request, slot))
      } finally {
        await lock?.release()
      }
    }
  }

  /** What can be answered without asking: fresh credentials, or the failure of a moment ago. */
  async #known<C extends { readonly expiresAt: Date }>(slot: Slot<C>): Promise<Cached<C> | undefined> {
    const now = this.#options.now()
    const { kept, refusal } = slot.read() ?? {}
    const current = kept !== undefined && isFresh(kept, now) && slot.isNew(kept) ? await slot.restore(kept) : undefined
    if (current !== undefined) return current
    if (refusal === undefined || now < refusal.at || now >= refusal.at + this.#remember) return undefined
    const old = await this.#old(slot, kept)
    if (old !== undefined) return old
    throw new FederateError(refusal.error)
  }

  /** What still lives, for who may have it: who has it and wants a newer one is told that there is none. */
  async #old<C extends { readonly expiresAt: Date }>(
    slot: Slot<C>,
    kept: KeptCredentials | undefined,
  ): Promise<Cached<C> | undefined> {
    return kept !== undefined && lives(kept, this.#options.now()) && slot.isNew(kept) ? slot.restore(kept) : undefined
  }

  async #renew<C extends { readonly expiresAt: Date }>(request: CacheRequest<C>, slot: Slot<C>): Promise<Cached<C>> {
    const { folder, now, warn } = this.#options
    const known = slot.read()?.kept
    try {
      const obtainedAt = now()
      const credentials = await request.exchange()
      const kept = {
        obtainedAt,
        expiresAt: credentials.expiresAt.getTime(),
        record: await request.toRecord(credentials),
      }
      const written = await slot.write({ kept }).catch((error) => unkept(error, warn))
      // Whoever keeps many fresh needs not look at all of them for each.
      if (known === undefined || !lives(known, now())) removeStale(folder, now())
      return written === undefined ? { credentials } : { credentials, kept }
    } catch (error) {
      if (!(error instanceof FederateError) || error.outcome === 'usage' || request.signal?.aborted === true)
        throw error
      const kept = slot.read()?.kept
      const { code, outcome, problem, next, details } = error
      const refusal = { at: now(), error: { code, outcome, problem, next, details } }
      await slot.write({ kept, refusal }).catch((failure) => unkept(failure, warn))
      const old = await this.#old(slot, kept)
      if (old === undefined) throw error
      warn(`${error.problem} The old credentials are used until ${old.credentials.expiresAt.toISOString()}.`)
      return old
    }
  }
}

/** A full disk is no reason to withhold credentials. */
function unkept(error: unknown, warn: (message: string) => void): undefined {
  if (!(error instanceof FederateError)) throw error
  warn(`${error.problem} The credentials are not cached.`)
  return undefined
}

/** The place of one subject's entry. */
class Slot<C extends { readonly expiresAt: Date }> {
  /** Without its extension. */
  readonly path: string
  readonly #fingerprint: string
  readonly #request: CacheRequest<C>

  constructor(folder: string, request: CacheRequest<C>) {
    const { cloud, service, issuer, clientId, target, shape } = request.subject
    this.#fingerprint = fingerprint(JSON.stringify([cloud, service, issuer, clientId, target, shape]))
    this.path = join(folder, this.#fingerprint)
    this.#request = request
  }

  read(): CacheEntry | undefined {
    return parseEntry(readPrivateFile(`${this.path}.json`), this.#fingerprint)
  }

  /** The credentials of an entry; nothing when they are not what the cloud wrote. */
  async restore(kept: KeptCredentials): Promise<Cached<C> | undefined> {
    try {
      return { credentials: await this.#request.fromRecord(kept.record), kept }
    } catch {
      return undefined
    }
  }

  isNew({ obtainedAt }: KeptCredentials): boolean {
    return this.#request.newerThan === undefined || obtainedAt > this.#request.newerThan
  }

  async write(content: Pick<CacheEntry, 'kept' | 'refusal'>): Promise<true> {
    const { cloud, service, issuer, clientId, target } = this.#request.subject
    const subject = { cloud, service, issuer, clientId, target }
    const entry: CacheEntry = { version: 1, subject, fingerprint: this.#fingerprint, ...content }
    await writeFileAtomically(`${this.path}.json`, JSON.stringify(entry), { mode: 0o600, flush: false })
    return true
  }
}
