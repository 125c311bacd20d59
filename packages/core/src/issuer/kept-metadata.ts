import { SharedWork } from '../freshness/shared-work.ts'
import { timedOut } from '../freshness/timed-out.ts'
import type { Fetch, Now } from '../network/fetch.ts'
import type { Seconds } from '../units.ts'
import { discoverIssuer, type IssuerMetadata } from './discovery.ts'

const lifetime: Seconds = 600

export interface MetadataOptions {
  readonly fetch: Fetch
  readonly now: Now
  /** Seconds per request. Default: 10. */
  readonly timeout?: Seconds
}

/** An issuer's metadata, kept for ten minutes; callers that ask at the same time share one discovery. */
export class KeptMetadata {
  readonly #issuer: string
  readonly #options: Required<MetadataOptions>
  #kept: { readonly metadata: IssuerMetadata; readonly since: number } | undefined
  #work: SharedWork<IssuerMetadata> | undefined

  constructor(issuer: string, options: MetadataOptions) {
    this.#issuer = issuer
    this.#options = { timeout: 10, ...options }
  }

  async get(signal?: AbortSignal): Promise<IssuerMetadata> {
    const age = this.#kept === undefined ? undefined : (this.#options.now() - this.#kept.since) / 1000
    // A clock that was set back makes the age negative, and says nothing about the real one.
    if (this.#kept !== undefined && age !== undefined && age >= 0 && age < lifetime) return this.#kept.metadata
    if (this.#work === undefined || this.#work.abandoned) this.#work = this.#discover()
    return this.#work.join(signal)
  }

  /** Drops what is kept, if it is still this: the issuer has moved. */
  forget(metadata: object): void {
    if (this.#kept?.metadata === metadata) this.#kept = undefined
  }

  #discover(): SharedWork<IssuerMetadata> {
    const timeout = 2 * this.#options.timeout + 1
    const work: SharedWork<IssuerMetadata> = new SharedWork(
      async (signal) => {
        try {
          const metadata = await discoverIssuer(this.#issuer, { ...this.#options, signal })
          this.#kept = { metadata, since: this.#options.now() }
          return metadata
        } finally {
          if (this.#work === work) this.#work = undefined
        }
      },
      timeout,
      () => timedOut({ prefix: 'ISSUER', name: 'The metadata of the issuer' }, timeout),
    )
    return work
  }
}
